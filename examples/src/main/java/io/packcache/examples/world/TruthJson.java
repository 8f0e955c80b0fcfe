package io.packcache.examples.world;

import java.util.Locale;
import java.util.StringJoiner;

/** Writes the captions and the truth of a clip as one line of JSON. */
final class TruthJson {
    private TruthJson() {}

    static String line(Clip clip) {
        Scene scene = clip.scene();
        StringJoiner captions = new StringJoiner("\",\"", "[\"", "\"]");
        clip.captions().forEach(captions::add);
        StringJoiner objects = new StringJoiner(",", "[", "]");
        for (int i = 0; i < scene.objects().size(); i++) {
            objects.add(object(scene, i));
        }
        Background background = scene.background();
        return "{\"seed\":" + clip.seed() + ",\"captions\":" + captions + ",\"background\":{\"hue\":\""
                + background.hue().word() + "\",\"pattern\":\""
                + background.pattern().name().toLowerCase(Locale.ROOT) + "\",\"variant\":"
                + background.variant() + "},\"bar\":"
                + scene.bar()
                        .map(bar -> "{\"kind\":\"" + bar.word() + "\",\"start\":" + bar.start() + "}")
                        .orElse("null")
                + ",\"objects\":" + objects + "}";
    }

    private static String object(Scene scene, int index) {
        ObjectSpec object = scene.objects().get(index);
        StringJoiner centres = new StringJoiner(",", "[", "]");
        StringJoiner visible = new StringJoiner(",", "[", "]");
        for (int picture = 0; picture < Geometry.PICTURES; picture++) {
            Point centre = scene.centre(index, picture);
            centres.add("[" + (int) centre.x() + "," + (int) centre.y() + "]");
            boolean clear = scene.bar().isEmpty() && index == scene.objects().size() - 1;
            visible.add(clear ? "1" : String.format(Locale.ROOT, "%.2f", Visibility.share(scene, index, picture)));
        }
        return "{\"shape\":\"" + object.shape().word() + "\",\"colour\":\""
                + object.colour().word() + "\",\"size\":\"" + object.size().word() + "\",\"direction\":\""
                + object.direction().words() + "\",\"region\":\""
                + scene.region(object).words() + "\",\"centres\":" + centres + ",\"visible\":" + visible + "}";
    }
}
