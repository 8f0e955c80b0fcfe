package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.ReKv;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.testkit.OnTinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that move to host memory and disk and come back while a real transformer generates, in both branches. */
class ArchiveSessionTest extends OnTinyModel {

    private static final int FRAMES = 12;

    @TempDir
    Path tiers;

    @Override
    @AfterEach
    protected void close() {
        super.close();
        assertThat(tiers).isEmptyDirectory();
    }

    @Test
    void whereAFrameIsKeptChangesNothingOfTheVideo() {
        ReKv host = ReKv.defaults();
        List<List<Integer>> inMemory = codesOf(model.open(request(FRAMES)), host);

        assertThat(codesOf(model.open(request(FRAMES)), disk())).isEqualTo(inMemory);
        assertThat(codesOf(model.open(request(FRAMES)), host.withRecall(0))).isNotEqualTo(inMemory);
    }

    @Test
    void aSavedStreamGoesOnWithTheFramesItHadMovedAway() {
        for (CompactionPolicy policy : List.of(disk(), SnapKv.defaults())) {
            List<List<Integer>> all = new ArrayList<>();
            Path file = folder.resolve("five");
            Compactor compactor = new Compactor(policy, () -> new Budget(12));
            try (GenerationSession session = model.open(request(FRAMES))) {
                while (session.hasNext()) {
                    try (GeneratedFrame frame = compactor.pass(session.next())) {
                        all.add(codes(frame));
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
                        rest.add(codes(frame));
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
            try (GenerationSession session = model.open(request(FRAMES))) {
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
        try (GenerationSession session = model.open(request(FRAMES))) {
            for (int frame = 0; frame < 8; frame++) {
                compactor.pass(session.next()).release();
            }
            try (var directories = Files.list(tiers)) {
                assertThat(directories).hasSize(2);
            }
        }
    }

    private static List<List<Integer>> codesOf(GenerationSession session, CompactionPolicy policy) {
        List<List<Integer>> codes = new ArrayList<>();
        Compactor compactor = new Compactor(policy, Budget::unlimited);
        try (session) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = compactor.pass(session.next())) {
                    codes.add(codes(frame));
                }
            }
        }
        return codes;
    }

    /** Memory for about two frames of the tiny model. */
    private ReKv disk() {
        return ReKv.defaults().withTiers(16_000, 1 << 20, tiers);
    }
}
