package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A policy by its name, with its defaults and its settings as JSON fields; read strictly. */
record Preset(CompactionPolicy defaults, List<Setting> settings) {

    static final String POLICY = "policy";
    private static final int SHOWN = 80;

    private static final List<Preset> ALL = Stream.of(
                    PackCache.defaults(),
                    FullCache.defaults(),
                    SlidingWindow.defaults(),
                    AttentionSinks.defaults(),
                    ObservedAttention.defaults(),
                    Tova.defaults(),
                    SnapKv.defaults(),
                    PyramidKv.defaults(),
                    KeyNorm.defaults(),
                    KeyDiff.defaults(),
                    LagKv.defaults(),
                    InfiniPotV.defaults(),
                    TempCache.defaults(),
                    FlowCache.defaults(),
                    Cake.defaults(),
                    D2o.defaults(),
                    GuiKv.defaults(),
                    Hack.defaults(),
                    StreamMem.defaults(),
                    KvCompose.defaults(),
                    MiniCache.defaults(),
                    AdaKv.defaults(),
                    CriticalKv.defaults(),
                    ReKv.defaults(),
                    FadeCache.defaults(),
                    MotionAware.defaults(),
                    Encoded.defaults(),
                    RandomChoice.defaults())
            .map(policy -> new Preset(policy, Setting.of(policy.getClass())))
            .toList();

    static List<Preset> all() {
        return ALL;
    }

    static String names() {
        return ALL.stream().map(Preset::name).collect(Collectors.joining(", "));
    }

    String name() {
        return defaults.name();
    }

    /** The policy of a node: a name, or an object with a name and the fields that differ from its defaults. */
    static <P extends CompactionPolicy> P read(JsonNode json, String place, Class<P> wanted) {
        JsonNode name = json.isObject() ? json.path(POLICY) : json;
        if (name.isMissingNode()) {
            throw new PolicyFormatException(place + "." + POLICY + " is missing; it must be one of " + names());
        }
        String at = json.isObject() ? place + "." + POLICY : place;
        Preset preset = ALL.stream()
                .filter(each -> each.name().equals(name.textValue()))
                .findFirst()
                .orElseThrow(() -> refused(at, name, "one of " + names(), null));
        if (!wanted.isInstance(preset.defaults)) {
            throw refused(at, name, "a policy that scores tokens", null);
        }
        return wanted.cast(json.isObject() ? preset.read((ObjectNode) json, place) : preset.defaults);
    }

    /** All settings of a policy. */
    static ObjectNode write(CompactionPolicy policy) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put(POLICY, policy.name());
        of(policy).settings.forEach(setting -> json.set(setting.name(), setting.write(policy)));
        return json;
    }

    /** Its name if it has its defaults, else all of its settings. */
    static JsonNode shortest(CompactionPolicy policy) {
        return of(policy).defaults.equals(policy) ? JsonNodeFactory.instance.textNode(policy.name()) : write(policy);
    }

    static PolicyFormatException refused(String place, JsonNode value, String allowed, Throwable cause) {
        String text = value.toString();
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        return new PolicyFormatException(place + " is " + shown + "; it must be " + allowed, cause);
    }

    private static Preset of(CompactionPolicy policy) {
        return ALL.stream()
                .filter(preset -> preset.defaults.getClass() == policy.getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("only the policies " + names()
                        + " can be written as JSON, got " + policy.getClass().getName()));
    }

    private CompactionPolicy read(ObjectNode json, String place) {
        json.fieldNames().forEachRemaining(field -> requireKnown(field, place));
        CompactionPolicy policy = defaults;
        for (Setting setting : settings) {
            JsonNode value = json.get(setting.name());
            if (value != null) {
                policy = read(policy, setting, value, place + "." + setting.name());
            }
        }
        return policy;
    }

    private static CompactionPolicy read(CompactionPolicy policy, Setting setting, JsonNode value, String place) {
        try {
            return setting.read(policy, value, place);
        } catch (PolicyFormatException inside) {
            throw inside;
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw refused(place, value, setting.allowed(), wrong);
        }
    }

    private void requireKnown(String field, String place) {
        List<String> known = Stream.concat(Stream.of(POLICY), settings.stream().map(Setting::name))
                .toList();
        if (!known.contains(field)) {
            throw new PolicyFormatException(
                    place + "." + field + " is not a setting of " + name() + "; there are " + String.join(", ", known));
        }
    }
}
