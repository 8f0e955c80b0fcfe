package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads a caption of {@link CaptionGrammar} back into what it claims. */
public final class CaptionParser {
    private final String caption;
    private final String[] words;
    private int next;

    private CaptionParser(String caption) {
        this.caption = caption;
        this.words = caption.strip().toLowerCase(Locale.ROOT).split("\\s+");
    }

    /**
     * Reads a caption.
     *
     * @throws IllegalArgumentException if it is not in the language, with the word where reading stopped
     */
    public static CaptionClaims parse(String caption) {
        return new CaptionParser(caption).caption();
    }

    private CaptionClaims caption() {
        List<CaptionClaims.ObjectClaim> objects = new ArrayList<>(List.of(object()));
        while (skip("and")) {
            objects.add(object());
        }
        Optional<Background.Hue> hue = Optional.empty();
        Background.Pattern pattern = Background.Pattern.PLAIN;
        if (skip("on")) {
            expect("a");
            pattern = pattern();
            hue = Optional.of(one(Background.Hue.values(), Background.Hue::word, "a background colour"));
            expect("background");
        }
        Optional<Boolean> vertical = Optional.empty();
        if (skip("behind")) {
            expect("a");
            vertical = Optional.of(skip("vertical"));
            if (!vertical.get()) {
                expect("horizontal");
            }
            expect("bar");
        }
        if (next < words.length) {
            throw unreadable("the end");
        }
        return new CaptionClaims(objects, hue, pattern, vertical);
    }

    private Background.Pattern pattern() {
        for (Background.Pattern pattern : Background.Pattern.values()) {
            if (!pattern.word().isEmpty() && skip(pattern.word())) {
                return pattern;
            }
        }
        return Background.Pattern.PLAIN;
    }

    private CaptionClaims.ObjectClaim object() {
        expect("a");
        Optional<ObjectSize> size = optional(ObjectSize.values(), ObjectSize::word);
        Colour colour = one(Colour.values(), Colour::word, "a colour");
        Shape shape = one(Shape.values(), Shape::word, "a shape");
        expect("moves");
        Direction direction = one(Direction.values(), Direction::words, "a direction");
        Optional<Region> region = Optional.empty();
        if (skip("from")) {
            expect("the");
            region = Optional.of(one(Region.values(), Region::words, "a part of the picture"));
        }
        return new CaptionClaims.ObjectClaim(size, colour, shape, direction, region);
    }

    private <T> T one(T[] values, Function<T, String> name, String what) {
        return optional(values, name).orElseThrow(() -> unreadable(what));
    }

    private <T> Optional<T> optional(T[] values, Function<T, String> name) {
        T best = null;
        int taken = 0;
        for (T value : values) {
            String[] wanted = name.apply(value).split(" ");
            if (wanted.length > taken && ahead(wanted)) {
                best = value;
                taken = wanted.length;
            }
        }
        next += taken;
        return Optional.ofNullable(best);
    }

    private boolean ahead(String... wanted) {
        if (next + wanted.length > words.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!words[next + i].equals(wanted[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean skip(String word) {
        boolean found = ahead(word);
        next += found ? 1 : 0;
        return found;
    }

    private void expect(String word) {
        if (!skip(word)) {
            throw unreadable("\"" + word + "\"");
        }
    }

    private IllegalArgumentException unreadable(String wanted) {
        String found = next < words.length ? "\"" + words[next] + "\"" : "the end";
        return new IllegalArgumentException(
                "caption \"" + caption + "\": expected " + wanted + " but found " + found + " at word " + (next + 1));
    }
}
