package io.packcache.examples.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A comparison of policies as one HTML page that needs nothing beside it, light or dark as its reader has it; and as JSON. */
public final class ReportPage {

    private static final String STYLE = """
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
                   background: #ffffff; color: #1c1c1c; }
            @media (prefers-color-scheme: dark) { body { background: #141414; color: #e4e4e4; } a { color: #7ab0f0; } }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
            p.note { opacity: .75; margin-top: .2rem; }
            svg, img { max-width: 100%; height: auto; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; } td, th { padding: .25rem .9rem .25rem 0; text-align: right; }
            td:first-child, th:first-child { text-align: left; }
            pre { overflow-x: auto; opacity: .8; font-size: .8rem; }
            """;

    private static final String FRAME = "latent frame";

    private static final List<Section> SECTIONS = List.of(
            new Section("Time", "One latent frame, compaction included.", FRAME, "seconds", PolicyMeasures::seconds),
            new Section(
                    "Resident bytes",
                    "The caches of both branches after each frame.",
                    FRAME,
                    "MiB",
                    policy -> policy.residentBytes().stream()
                            .map(bytes -> bytes / 1048576.0)
                            .toList()),
            new Section(
                    "Tokens held",
                    "By all branches after each frame, text and frame markers included; where heads hold different ones,"
                            + " their mean.",
                    FRAME,
                    "tokens",
                    PolicyMeasures::tokens),
            new Section(
                    "Agreement with the first policy",
                    "Share of codes that are the same; sampling parts ways at the first difference.",
                    FRAME,
                    "share",
                    PolicyMeasures::agreement),
            new Section(
                    "Likelihood of the true codes",
                    "Nats per code, teacher forced on held-out clips; lower is better.",
                    FRAME,
                    "nats",
                    PolicyMeasures::nats),
            new Section(
                    "Likelihood where an object is seen",
                    "The same over codes that show an object; background flatters everybody.",
                    FRAME,
                    "nats",
                    PolicyMeasures::objectNats),
            new Section(
                    "Kept attention",
                    "Of the attention that the newest frame pays to history, the share that goes to what the plan keeps."
                            + " What is folded into another token counts as gone.",
                    FRAME,
                    "share",
                    PolicyMeasures::keptAttention),
            new Section(
                    "Object error",
                    "Distance of the object from where it truly is, continued from the true first picture.",
                    "picture",
                    "pixels",
                    PolicyMeasures::objectError));

    private final String heading;
    private final String note;
    private final List<PolicyMeasures> policies;
    private final byte[] contactSheet;

    /**
     * @param heading what was compared, as text
     * @param note how: frames, clips, seed, model, as text
     * @param contactSheet PNG of the same clip under every policy
     */
    public ReportPage(String heading, String note, List<PolicyMeasures> policies, byte[] contactSheet) {
        this.heading = heading;
        this.note = note;
        this.policies = policies;
        this.contactSheet = contactSheet;
    }

    private record Section(
            String title,
            String about,
            String across,
            String up,
            Function<PolicyMeasures, List<? extends Number>> values) {}

    /** The measures, one entry per policy. */
    public String json() {
        try {
            return JsonMapper.builder()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Map.of("heading", heading, "note", note, "policies", policies));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The page. */
    public String html() {
        StringBuilder page = new StringBuilder(head("Cache policies compared"));
        page.append("<h1>").append(escaped(heading)).append("</h1>");
        note(page, note);
        page.append(Summary.html(policies))
                .append(
                        "<p class=\"note\">Tokens and MiB: of all branches after the last frame. Time: median of the last"
                                + " five frames. All others: means over frames, explained below.</p>");
        page.append("<h2>The same clip under each policy</h2><img alt=\"Contact sheet\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(contactSheet))
                .append("\">");
        SECTIONS.forEach(section -> plot(page, section));
        kept(page);
        page.append("<h2>Settings</h2>");
        policies.forEach(policy ->
                page.append("<pre>").append(escaped(policy.settings())).append("</pre>"));
        return page.append("</body></html>\n").toString();
    }

    /** A page up to its heading. */
    static String head(String title) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>" + title + "</title><style>" + STYLE
                + "</style></head><body>";
    }

    static void note(StringBuilder page, String text) {
        page.append("<p class=\"note\">").append(escaped(text)).append("</p>");
    }

    private void plot(StringBuilder page, Section section) {
        Map<String, List<? extends Number>> lines = new LinkedHashMap<>();
        policies.forEach(policy -> lines.put(policy.policy(), section.values().apply(policy)));
        String svg = Plot.svg(section.across(), section.up(), lines);
        if (!svg.isEmpty()) {
            page.append("<h2>").append(section.title()).append("</h2><p class=\"note\">");
            page.append(section.about()).append("</p>").append(svg);
        }
    }

    private void kept(StringBuilder page) {
        if (policies.stream().allMatch(policy -> policy.kept().isEmpty())) {
            return;
        }
        page.append(
                "<h2>Kept codes</h2><p class=\"note\">What is held at the end of the first held-out clip, oldest frame"
                        + " first; the stronger the colour, the more layers and heads hold it.</p>");
        policies.forEach(policy -> page.append("<h3>")
                .append(escaped(policy.policy()))
                .append("</h3><div class=\"scroll\">")
                .append(KeptPicture.svg(policy.kept()))
                .append("</div>"));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
