package io.packcache.kvcache;

/** What a cached token is; policies and plans speak of tokens in these words. */
public enum TokenRole {
    /** Prompt text, and the clip's own markers before the first frame. An anchor. */
    TEXT,
    /** Content of a conditioning frame given by the user. An anchor. */
    CONDITION,
    /** Content (codes and row ends) of a generated frame: the history that policies thin. */
    FRAME,
    /** Begin, size and end tokens of a frame, conditioning or generated; they stay as long as their frame does. */
    FRAME_MARKER
}
