package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** How a {@link HistoryBudget} stands in JSON. */
final class BudgetFormat {

    private static final String AUTO = "auto";
    private static final String FRAMES = "frames";
    private static final String TOKENS = "tokens";
    private static final String BYTES = "bytes";

    static final SettingFormat FORMAT = new SettingFormat(
            "\"auto\", {\"frames\": a number above 0}, {\"tokens\": a whole number, at least 1}"
                    + " or {\"bytes\": a whole number, at least 1}",
            (json, place) -> budget(json),
            value -> json((HistoryBudget) value));

    private BudgetFormat() {}

    private static HistoryBudget budget(JsonNode json) {
        if (AUTO.equals(json.textValue())) {
            return new HistoryBudget.Auto();
        }
        SettingFormat.require(json.isObject() && json.size() == 1);
        if (json.has(FRAMES)) {
            return new HistoryBudget.Frames(SettingFormat.real(json.get(FRAMES)));
        }
        return json.has(BYTES)
                ? new HistoryBudget.Bytes(SettingFormat.whole(json.get(BYTES)))
                : new HistoryBudget.Tokens(SettingFormat.whole(json.path(TOKENS)));
    }

    private static JsonNode json(HistoryBudget budget) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (budget instanceof HistoryBudget.Frames fixed) {
            return json.objectNode().put(FRAMES, fixed.frames());
        }
        if (budget instanceof HistoryBudget.Tokens fixed) {
            return json.objectNode().put(TOKENS, fixed.tokens());
        }
        if (budget instanceof HistoryBudget.Bytes fixed) {
            return json.objectNode().put(BYTES, fixed.bytes());
        }
        return json.textNode(AUTO);
    }
}
