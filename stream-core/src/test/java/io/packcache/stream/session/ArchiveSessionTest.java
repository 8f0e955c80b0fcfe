package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.ReKv;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that move to host memory and disk and come back while a real transformer generates, in both branches. */
class ArchiveSessionTest {

    private static final int FRAMES = 12;

    @TempDir
    Path folder;

    @TempDir
    Path tiers;

    private Backend backend;
    private VideoModel model;

    @BeforeEach
    void load() throws IOException {
        TinyModelFolder.write(folder, 5);
        backend = Backends.of("plain", 1);
        model = VideoModel.load(folder, backend);
    }

    @AfterEach
    void close() {
        assertThat(model.pool().live()).isZero();
        model.close();
        backend.close();
        assertThat(tiers).isEmptyDirectory();
    }

    @Test
    void whereAFrameIsKeptChangesNothingOfTheVideo() {
        ReKv host = ReKv.defaults();
        List<List<Integer>> inMemory = codes(model.open(request()), host);

        assertThat(codes(model.open(request()), disk())).isEqualTo(inMemory);
        assertThat(codes(model.open(request()), host.withRecall(0))).isNotEqualTo(inMemory);
    }

    @Test
    void aSavedStreamGoesOnWithTheFramesItHadMovedAway() {
        for (CompactionPolicy policy : List.of(disk(), SnapKv.defaults())) {
            List<List<Integer>> all = new ArrayList<>();
            Path file = folder.resolve("five");
            Compactor compactor = new Compactor(policy, () -> new Budget(12));
            try (GenerationSession session = model.open(request())) {
                while (session.hasNext()) {
                    try (GeneratedFrame frame = compactor.pass(session.next())) {
                        all.add(Arrays.stream(frame.codes()).boxed().toList());
                        if (frame.number() == 5) {
                            frame.lease().save(file);
                        }
                    }
                }
            }
            List<List<Integer>> rest = new ArrayList<>();
            Compactor again = new Compactor(policy, () -> new Budget(12));
            try (GenerationSession session = model.resume(file)) {
                while (session.hasNext()) {
                    try (GeneratedFrame frame = again.pass(session.next())) {
                        rest.add(Arrays.stream(frame.codes()).boxed().toList());
                    }
                }
            }
            assertThat(rest).as(policy.name()).isEqualTo(all.subList(6, FRAMES));
        }
    }

    @Test
    void anotherPromptBeginsWithAnEmptyArchiveUnlessTheHistoryIsKept() {
        for (PromptMode mode : PromptMode.values()) {
            Compactor compactor = new Compactor(disk(), Budget::unlimited);
            try (GenerationSession session = model.open(request())) {
                while (session.hasNext()) {
                    try (GeneratedFrame frame = session.next()) {
                        List<FrameView> archive = frame.lease().view().archive();
                        if (frame.number() == 6) {
                            assertThat(archive).as("%s", mode).hasSize(mode == PromptMode.KEEP ? 4 : 0);
                        }
                        compactor.pass(frame);
                        if (frame.number() == 5) {
                            session.steering().switchPrompt("red moves right", mode);
                        }
                    }
                }
            }
        }
    }

    @Test
    void eachBranchHasFilesOfItsOwnWhileTheStreamRuns() throws IOException {
        Compactor compactor = new Compactor(disk(), Budget::unlimited);
        try (GenerationSession session = model.open(request())) {
            for (int frame = 0; frame < 8; frame++) {
                compactor.pass(session.next()).release();
            }
            try (var directories = Files.list(tiers)) {
                assertThat(directories).hasSize(2);
            }
        }
    }

    private static List<List<Integer>> codes(GenerationSession session, CompactionPolicy policy) {
        List<List<Integer>> codes = new ArrayList<>();
        Compactor compactor = new Compactor(policy, Budget::unlimited);
        try (session) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = compactor.pass(session.next())) {
                    codes.add(Arrays.stream(frame.codes()).boxed().toList());
                }
            }
        }
        return codes;
    }

    /** Memory for about two frames of the tiny model. */
    private ReKv disk() {
        return ReKv.defaults().withTiers(16_000, 1 << 20, tiers);
    }

    private GenerationRequest request() {
        return model.request("a red circle").withLatentFrames(FRAMES).withSeed(3);
    }
}
