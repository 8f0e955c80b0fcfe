package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A policy with its name, its defaults and its settings as JSON fields; read strictly. */
record Preset<P extends CompactionPolicy>(P defaults, Class<P> type, List<Setting<P>> settings) {

    static final String POLICY = "policy";
    private static final int SHOWN = 80;

    static final List<Preset<?>> ALL = List.of(
            new Preset<>(
                    PackCache.defaults(),
                    PackCache.class,
                    List.of(
                            Setting.quota("gammaText", PackCache::withGammaText, PackCache::gammaText),
                            Setting.quota("gammaCondition", PackCache::withGammaCondition, PackCache::gammaCondition),
                            Setting.number("rho", "above 0 and at most 1", PackCache::withRho, PackCache::rho),
                            Setting.count("window", "at least 1", PackCache::withWindow, PackCache::window),
                            Setting.historyBudget(PackCache::withHistoryBudget, PackCache::historyBudget),
                            Setting.flag("newestWhole", PackCache::withNewestWhole, PackCache::newestWhole),
                            Setting.number(
                                    "minimumShare",
                                    "from 0 to 1 / window",
                                    PackCache::withMinimumShare,
                                    PackCache::minimumShare),
                            Setting.flag("dropMasked", PackCache::withDropMasked, PackCache::dropMasked),
                            Setting.choice(
                                    "withinFrame",
                                    WithinFrame.class,
                                    PackCache::withWithinFrame,
                                    PackCache::withinFrame),
                            Setting.choice(
                                    "positions", PositionMode.class, PackCache::withPositions, PackCache::positions))),
            new Preset<>(
                    SlidingWindow.defaults(),
                    SlidingWindow.class,
                    List.of(
                            Setting.count("window", "at least 1", SlidingWindow::withWindow, SlidingWindow::window),
                            Setting.choice(
                                    "positions",
                                    PositionMode.class,
                                    SlidingWindow::withPositions,
                                    SlidingWindow::positions))),
            new Preset<>(new FullCache(), FullCache.class, List.of()));

    String name() {
        return defaults.name();
    }

    /** The policy with the fields of {@code json} in place of its defaults. */
    P read(ObjectNode json) {
        json.fieldNames().forEachRemaining(this::requireKnown);
        P policy = defaults;
        for (Setting<P> setting : settings) {
            JsonNode value = json.get(setting.name());
            if (value != null) {
                policy = read(policy, setting, value);
            }
        }
        return policy;
    }

    /** All settings of {@code policy}, which is of this preset's type. */
    ObjectNode write(CompactionPolicy policy) {
        P typed = type.cast(policy);
        ObjectNode json = JsonNodeFactory.instance.objectNode().put(POLICY, name());
        settings.forEach(setting -> json.set(setting.name(), setting.write().apply(typed)));
        return json;
    }

    static PolicyFormatException refused(String path, JsonNode value, String allowed, Throwable cause) {
        String text = value.toString();
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        return new PolicyFormatException(path + " is " + shown + "; it must be " + allowed, cause);
    }

    private P read(P policy, Setting<P> setting, JsonNode value) {
        try {
            return setting.read().apply(policy, value);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw refused("$." + setting.name(), value, setting.allowed(), wrong);
        }
    }

    private void requireKnown(String field) {
        List<String> known = Stream.concat(Stream.of(POLICY), settings.stream().map(Setting::name))
                .toList();
        if (!known.contains(field)) {
            throw new PolicyFormatException("$." + field + " is not a setting of " + name() + "; there are "
                    + known.stream().collect(Collectors.joining(", ")));
        }
    }
}
