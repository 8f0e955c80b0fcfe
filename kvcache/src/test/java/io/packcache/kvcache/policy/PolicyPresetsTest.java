package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyPresetsTest {

    @Test
    void namesGiveDefaults() {
        assertThat(PolicyPresets.names())
                .startsWith("packcache", "full", "window")
                .doesNotHaveDuplicates();
        assertThat(PolicyPresets.of("packcache")).isEqualTo(PackCache.defaults());
        assertThat(PolicyPresets.of("window")).isEqualTo(SlidingWindow.defaults());
        assertThat(PolicyPresets.of("full")).isEqualTo(new FullCache());
        assertThatThrownBy(() -> PolicyPresets.of("pack"))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageStartingWith("there is no policy \"pack\"; name one of packcache, full, window, sinks, ")
                .hasMessageEndingWith(", or a .json file");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void everySettingSurvivesTheRoundTrip(CompactionPolicy policy) {
        assertThat(PolicyPresets.parse(PolicyPresets.toJson(policy))).isEqualTo(policy);
    }

    static Stream<CompactionPolicy> policies() {
        return Stream.concat(settings(), EveryPolicyTest.all().stream());
    }

    private static Stream<CompactionPolicy> settings() {
        PackCache pack = PackCache.defaults();
        return Stream.of(
                pack.withShares(shares -> shares.withRho(Decay.FIT)),
                pack.withWithinFrame(WithinFrame.by(SnapKv.defaults().withKernel(9))),
                new Encoded(SnapKv.defaults(), List.of("int8", "int4", "raw"), List.of("float32")),
                new AdaKv(RandomChoice.defaults().withKeeping(Keeping.defaults().withRecent(0)), 0),
                pack,
                pack.withAnchors(anchors -> anchors.withGammaText(17)),
                pack.withAnchors(anchors -> anchors.withGammaCondition(3)),
                pack.withRho(0.1),
                pack.withWindow(9),
                pack.withHistoryBudget(new HistoryBudget.Frames(1.5)),
                pack.withHistoryBudget(new HistoryBudget.Tokens(400)),
                pack.withHistoryBudget(new HistoryBudget.Bytes(65_536)),
                pack.withShares(shares -> shares.withNewestWhole(false)),
                pack.withShares(shares -> shares.withMinimumShare(0.125)),
                pack.withChoice(choice -> choice.withDropMasked(false)),
                pack.withWithinFrame(WithinFrame.SCORED),
                pack.withPositions(PositionMode.KEEP),
                pack.withWindow(10).withShares(shares -> shares.withMinimumShare(0.1)),
                SlidingWindow.defaults(),
                new SlidingWindow(7, PositionMode.KEEP),
                new FullCache());
    }

    @Test
    void aStudyNamesSeveralPolicies(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("study.json");
        Files.writeString(file, "{\"usual\": \"packcache+int4\", \"far\": {\"policy\": \"window\", \"window\": 9}}");

        assertThat(PolicyPresets.study(file))
                .containsExactly(
                        entry("usual", PolicyPresets.of("packcache+int4")),
                        entry("far", SlidingWindow.defaults().withWindow(9)));

        Files.writeString(file, "{\"far\": {\"policy\": \"window\", \"window\": 0}}");
        assertThatThrownBy(() -> PolicyPresets.study(file))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageContaining("study.json: $.far.window is 0");
    }

    @Test
    void namesJoinedByAPlusCombine() {
        assertThat(PolicyPresets.of("packcache+observed"))
                .isEqualTo(PackCache.defaults().withWithinFrame(WithinFrame.by(ObservedAttention.defaults())));
        assertThat(PolicyPresets.of("packcache+observed+int4"))
                .isEqualTo(Encoded.defaults()
                        .withBase(PolicyPresets.of("packcache+observed"))
                        .withCodecs(List.of("raw", "int4")));
        assertThat(PolicyPresets.of("window+int2").name()).isEqualTo("encoded");
        for (String wrong : List.of("window+observed", "packcache+full", "packcache+int2+observed")) {
            assertThatThrownBy(() -> PolicyPresets.of(wrong))
                    .isInstanceOf(PolicyFormatException.class)
                    .hasMessageStartingWith("\"" + wrong + "\" does not go together: after a plus there is a codec (");
        }
        assertThatThrownBy(() -> PolicyPresets.of("packcache+"))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageStartingWith("there is no policy \"\"");
    }

    @Test
    void everyPresetSaysWhereItComesFrom() {
        assertThat(PolicyPresets.cards()).extracting(PolicyCard::name).containsExactlyElementsOf(PolicyPresets.names());
        assertThat(PolicyPresets.cards()).allSatisfy(card -> {
            assertThat(card.keeps()).isNotBlank();
            assertThat(card.evidence()).isNotBlank();
            assertThat(card.arxiv()).matches("|\\d{4}\\.\\d{5}");
            assertThat(card.signals()).isEqualTo(PolicyPresets.of(card.name()).signals());
            assertThat(card.parameters()).allSatisfy(parameter -> {
                assertThat(parameter.value()).isNotBlank();
                assertThat(parameter.allowed()).isNotBlank();
            });
        });
    }

    @Test
    void fieldsLeftOutKeepTheirDefaults() {
        assertThat(PolicyPresets.parse("{\"rho\": 0.25, \"policy\": \"packcache\"}"))
                .isEqualTo(PackCache.defaults().withRho(0.25));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'policy':'packcache','rho':1.5} | $.rho is 1.5; it must be a number above 0 and at most 1, 'fit' or 'fit-by-layer'",
                "{'policy':'packcache','rho':'half'} | $.rho is 'half'; it must be a number above 0 and at most 1, 'fit' or 'fit-by-layer'",
                "{'policy':'packcache','rho':null} | $.rho is null; it must be a number above 0 and at most 1, 'fit' or 'fit-by-layer'",
                "{'policy':'packcache','window':0} | $.window is 0; it must be a whole number, at least 1",
                "{'policy':'packcache','window':2.5} | $.window is 2.5; it must be a whole number, at least 1",
                "{'policy':'window','window':4294967297} "
                        + "| $.window is 4294967297; it must be a whole number, at least 1",
                "{'policy':'packcache','minimumShare':0.2,'window':8} "
                        + "| $.minimumShare is 0.2; it must be a number from 0 to 1 / window",
                "{'policy':'packcache','gammaText':'all'} "
                        + "| $.gammaText is 'all'; it must be 'whole' or a number of tokens, at least 1",
                "{'policy':'packcache','newestWhole':1} | $.newestWhole is 1; it must be true or false",
                "{'policy':'packcache','positions':'REBASE'} "
                        + "| $.positions is 'REBASE'; it must be 'keep' or 'rebase'",
                "{'policy':'packcache','historyBudget':{'frames':1,'tokens':4}} "
                        + "| $.historyBudget is {'frames':1,'tokens':4}; it must be 'auto', {'frames': a number above 0}, "
                        + "{'tokens': a whole number, at least 1} or {'bytes': a whole number, at least 1}",
                "{'policy':'packcache','historyBudget':{'tokens':0}} "
                        + "| $.historyBudget is {'tokens':0}; it must be 'auto', {'frames': a number above 0}, "
                        + "{'tokens': a whole number, at least 1} or {'bytes': a whole number, at least 1}",
                "{'policy':'window','rho':0.5} | $.rho is not a setting of window; there are policy, window, positions",
                "{'policy':'adakv','base':{'policy':'snapkv','kernel':4}} "
                        + "| $.base.kernel is 4; it must be a whole number, odd and at least 1",
                "{'policy':'adakv','base':{'policy':'snapkv','kernels':5}} "
                        + "| $.base.kernels is not a setting of snapkv; there are policy, kernel, historyBudget, recent, ",
                "{'policy':'adakv','base':'window'} | $.base is 'window'; it must be a policy that scores tokens",
                "{'policy':'adakv','base':7} | $.base is 7; it must be one of packcache, full",
                "{'policy':'adakv','base':{}} | $.base.policy is missing; it must be one of packcache, full",
                "{'policy':'packcache','withinFrame':'window'} "
                        + "| $.withinFrame is 'window'; it must be a policy that scores tokens",
                "{'policy':'packcache','layerWindows':[4,5]} "
                        + "| $.layerWindows is [4,5]; it must be a list of whole numbers, each from 1 to window",
                "{'policy':'packcache','layerWindows':[4,'2']} "
                        + "| $.layerWindows is [4,'2']; it must be a list of whole numbers, each from 1 to window",
                "{'policy':'encoded','keys':'int3'} | $.keys is 'int3'; it must be a codec for all but the newest",
                "{'policy':'encoded','values':[]} | $.values is []; it must be a codec for all but the newest",
                "{'policy':'random','seed':-1} | $.seed is -1; it must be a whole number, at least 0",
                "{'policy':'snapkv','window':1,'recent':2} "
                        + "| $.window is 1; it must be a whole number, at least 1 and at least recent",
                "{'policy':'full','x':1} | $.x is not a setting of full; there are policy",
                "{'policy':'lru'} | $.policy is 'lru'; it must be one of packcache, full, window, sinks, ...",
                "{'policy':7} | $.policy is 7; it must be one of packcache, full, window, sinks, ...",
                "{'rho':0.5} | $.policy is missing; it must be one of packcache, full, window, sinks, ...",
                "['packcache'] | $ is ['packcache']; it must be an object such as {'policy': 'packcache'}",
            })
    void wrongFilesAreRefusedWithPathValueAndWhatIsAllowed(String json, String message) {
        assertThatThrownBy(() -> PolicyPresets.parse(json.replace('\'', '"')))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageStartingWith(message.replace('\'', '"').replace("...", ""));
    }

    @Test
    void whatIsNotOneJsonValueIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> PolicyPresets.parse("{\"policy\": \"full\",\n ,}"))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageContaining("the policy is not JSON")
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> PolicyPresets.parse("{\"policy\": \"full\", \"policy\": \"window\"}"))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageContaining("Duplicate field 'policy'");
        assertThatThrownBy(() -> PolicyPresets.parse("{\"policy\": \"full\"} true"))
                .isInstanceOf(PolicyFormatException.class);
        assertThatThrownBy(() -> PolicyPresets.parse("")).isInstanceOf(PolicyFormatException.class);
    }

    @Test
    void filesAreReadAndNamedInErrors(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, "{\"policy\": \"window\", \"window\": 2}");
        assertThat(PolicyPresets.of(file.toString())).isEqualTo(new SlidingWindow(2, PositionMode.REBASE));

        Files.writeString(file, "{\"policy\": \"window\", \"window\": -2}");
        assertThatThrownBy(() -> PolicyPresets.read(file))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessage(file + ": $.window is -2; it must be a whole number, at least 1");
        assertThatThrownBy(() -> PolicyPresets.of(folder.resolve("none.json").toString()))
                .isInstanceOf(PolicyFormatException.class)
                .hasMessageContaining("none.json cannot be read");
    }

    @Test
    void aForeignPolicyCannotBeWritten() {
        CompactionPolicy foreign = new CompactionPolicy() {
            @Override
            public String name() {
                return "foreign";
            }

            @Override
            public CompactionPlan plan(CacheView view, Budget budget) {
                throw new UnsupportedOperationException();
            }
        };
        assertThatThrownBy(() -> PolicyPresets.toJson(foreign)).hasMessageContaining("only the policies packcache");
    }
}
