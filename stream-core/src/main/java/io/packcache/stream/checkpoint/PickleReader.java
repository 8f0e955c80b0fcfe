package io.packcache.stream.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the small part of Python's pickle language in which TorchScript describes a module tree.
 *
 * <p>A pickle is a program, and running one runs whatever it names. This reader runs nothing: a named thing is a
 * {@link TorchNames} entry with a meaning of ours, or an empty record of a {@code __torch__} class that holds its fields, or
 * the file is refused by that name. What it makes is bounded by the bytes it reads.
 *
 * <p>Values: Long, Double, Boolean, String, null ({@link #NONE} on the stack), List, Map, {@link TorchTensor} and
 * {@link Instance}.
 */
final class PickleReader {

    /** An object of a class that the archive defines: its fields, and none of its code. */
    record Instance(String className, Map<Object, Object> state) {}

    /** A storage: the entry that holds numbers and their type. */
    record Storage(ElementType type, String key) {}

    /** Python's None. */
    static final Object NONE = "None".toCharArray();

    /** Where a list of arguments begins. */
    private static final Object MARK = "(".toCharArray();

    private static final int STOP = '.';

    private final String place;
    private final ByteBuffer in;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    PickleReader(String place, byte[] bytes) {
        this.place = place;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads the whole program and returns what it describes. */
    Object read() throws CheckpointException {
        try {
            for (int code = in.get() & 0xff; code != STOP; code = in.get() & 0xff) {
                if (!readScalar(code) && !readCollection(code) && !readObject(code)) {
                    throw fault("uses the instruction 0x" + Integer.toHexString(code)
                            + ", which TorchScript does not write");
                }
            }
            return pop();
        } catch (BufferUnderflowException e) {
            throw new CheckpointException(place + " ends inside an instruction", e);
        } catch (ClassCastException | ArithmeticException | IllegalArgumentException e) {
            throw new CheckpointException(
                    place + " is damaged before byte " + in.position() + ": " + e.getMessage(), e);
        }
    }

    private boolean readScalar(int code) throws CheckpointException {
        switch (code) {
            case 0x80 -> in.get(); // protocol
            case 0x95 -> in.getLong(); // length of a frame
            case 'N' -> stack.push(NONE);
            case 0x88 -> stack.push(true);
            case 0x89 -> stack.push(false);
            case 'K' -> stack.push((long) (in.get() & 0xff));
            case 'M' -> stack.push((long) (in.getShort() & 0xffff));
            case 'J' -> stack.push((long) in.getInt());
            case 0x8a -> stack.push(longValue(in.get() & 0xff));
            case 'G' -> stack.push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X' -> stack.push(text(in.getInt()));
            case 0x8c -> stack.push(text(in.get() & 0xff));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readCollection(int code) throws CheckpointException {
        switch (code) {
            case '(' -> stack.push(MARK);
            case ')' -> stack.push(new ArrayList<>());
            case ']' -> stack.push(new ArrayList<>());
            case '}' -> stack.push(new LinkedHashMap<>());
            case 't' -> stack.push(sinceMark());
            case 0x85 -> stack.push(last(1));
            case 0x86 -> stack.push(last(2));
            case 0x87 -> stack.push(last(3));
            case 'a' -> append(last(1));
            case 'e' -> append(sinceMark());
            case 's' -> put(last(2));
            case 'u' -> put(sinceMark());
            case 'q' -> memo.put(in.get() & 0xff, peek());
            case 'r' -> memo.put(in.getInt(), peek());
            case 0x94 -> memo.put(memo.size(), peek());
            case 'h' -> stack.push(remembered(in.get() & 0xff));
            case 'j' -> stack.push(remembered(in.getInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readObject(int code) throws CheckpointException {
        switch (code) {
            case 'c' -> stack.push(TorchNames.of(place, line(), line()));
            case 0x81 -> {
                pop(); // arguments of the constructor, which is not called
                stack.push(new Instance(((TorchNames.Name) pop()).text(), new LinkedHashMap<>()));
            }
            case 'b' -> {
                Object state = pop();
                ((Instance) peek()).state().putAll(asMap(state));
            }
            case 'R' -> {
                List<Object> arguments = asList(pop());
                stack.push(((TorchNames.Name) pop()).apply(place, arguments));
            }
            case 'Q' -> stack.push(storage(asList(pop())));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A reference to numbers outside the pickle: the word storage, their type, key, device and count. */
    private Storage storage(List<Object> reference) throws CheckpointException {
        if (reference.size() != 5 || !"storage".equals(reference.get(0))) {
            throw fault("refers to something of " + reference.size() + " parts that is no storage");
        }
        String key = (String) reference.get(2);
        if (!key.matches("[0-9]{1,9}")) {
            throw fault("names the storage \"" + key + "\", which is no number");
        }
        return new Storage(((TorchNames.Name) reference.get(1)).storageType(place), key);
    }

    private void append(List<Object> items) throws CheckpointException {
        asList(peek()).addAll(items);
    }

    private void put(List<Object> pairs) throws CheckpointException {
        Map<Object, Object> map = asMap(peek());
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
                throw fault("uses a " + key.getClass().getSimpleName() + " as the name of a field");
            }
            map.put(key, pairs.get(i + 1));
        }
    }

    private long longValue(int bytes) throws CheckpointException {
        if (bytes > Long.BYTES) {
            throw fault("holds a whole number of " + bytes + " bytes");
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            int next = in.get();
            value |= (i == bytes - 1 ? next : next & 0xffL) << (8 * i);
        }
        return value;
    }

    private String text(int length) throws CheckpointException {
        if (length < 0 || length > in.remaining()) {
            throw fault("claims a text of " + Integer.toUnsignedString(length) + " bytes, and " + in.remaining()
                    + " follow");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // up to the end of the line
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.UTF_8);
    }

    private List<Object> sinceMark() throws CheckpointException {
        ArrayDeque<Object> items = new ArrayDeque<>();
        for (Object item = pop(); item != MARK; item = pop()) {
            items.push(item);
        }
        return new ArrayList<>(items);
    }

    private List<Object> last(int count) throws CheckpointException {
        ArrayDeque<Object> items = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            items.push(pop());
        }
        return new ArrayList<>(items);
    }

    private Object remembered(int key) throws CheckpointException {
        Object value = memo.get(key);
        if (value == null) {
            throw fault("asks for value " + key + ", which it has not stored");
        }
        return value;
    }

    private Object peek() throws CheckpointException {
        if (stack.isEmpty()) {
            throw fault("takes a value where there is none");
        }
        return stack.peek();
    }

    private Object pop() throws CheckpointException {
        peek();
        return stack.pop();
    }

    @SuppressWarnings("unchecked")
    private static List<Object> asList(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> asMap(Object value) {
        return (Map<Object, Object>) value;
    }

    private CheckpointException fault(String what) {
        return new CheckpointException(place + " " + what + " (before byte " + in.position() + ")");
    }
}
