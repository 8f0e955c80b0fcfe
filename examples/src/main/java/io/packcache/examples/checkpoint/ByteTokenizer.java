package io.packcache.examples.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A Hugging Face tokenizer that knows every byte and no word: any prompt has ids in the range of Lumos-1's text. */
final class ByteTokenizer {

    private static final int FIRST_ID = 16384;

    private ByteTokenizer() {}

    static String json() {
        ObjectNode root = new ObjectMapper().createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putArray("added_tokens");
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int b = 0, beyond = 0; b < 256; b++) {
            // Byte-level BPE writes a byte that has no visible character as one from U+0100 on.
            boolean visible = (b > ' ' && b < 0x7f) || (b > 0xa0 && b != 0xad);
            vocabulary.put(String.valueOf((char) (visible ? b : 0x100 + beyond++)), FIRST_ID + b);
        }
        model.putArray("merges");
        return root.toString();
    }

    private static void byteLevel(ObjectNode stage) {
        stage.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
    }
}
