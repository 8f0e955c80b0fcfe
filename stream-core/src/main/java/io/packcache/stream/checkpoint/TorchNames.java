package io.packcache.stream.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a TorchScript pickle may name, and what we take it to mean. Anything else is refused by its name. */
final class TorchNames {

    private static final String CLASSES = "__torch__";

    private static final Map<String, ElementType> STORAGES = Map.of(
            "torch.DoubleStorage", ElementType.F64,
            "torch.FloatStorage", ElementType.F32,
            "torch.HalfStorage", ElementType.F16,
            "torch.BFloat16Storage", ElementType.BF16,
            "torch.LongStorage", ElementType.I64,
            "torch.IntStorage", ElementType.I32,
            "torch.ShortStorage", ElementType.I16,
            "torch.CharStorage", ElementType.I8,
            "torch.ByteStorage", ElementType.U8,
            "torch.BoolStorage", ElementType.BOOL);

    private TorchNames() {}

    /** Something named; there is no object behind it. */
    record Name(String text) {

        /** The type of numbers that this storage class holds. */
        ElementType storageType(String place) throws CheckpointException {
            ElementType type = STORAGES.get(text);
            if (type == null) {
                throw new CheckpointException(place + " keeps numbers as " + text + ", known are "
                        + STORAGES.keySet().stream().sorted().toList());
            }
            return type;
        }

        /** What a call of it would give. */
        Object apply(String place, List<Object> arguments) throws CheckpointException {
            return switch (text) {
                case "torch._utils._rebuild_tensor_v2" -> tensor(place, arguments);
                case "torch._utils._rebuild_parameter" -> first(arguments);
                case "collections.OrderedDict" -> new LinkedHashMap<>();
                case "torch.jit._pickle.restore_type_tag",
                        "torch.jit._pickle.build_intlist",
                        "torch.jit._pickle.build_doublelist",
                        "torch.jit._pickle.build_boollist",
                        "torch.jit._pickle.build_tensorlist" -> first(arguments);
                default -> throw refused(place, text + " as a function");
            };
        }
    }

    /** A name that may be used; the module and what it holds. */
    static Name of(String place, String module, String member) throws CheckpointException {
        Name name = new Name(module + "." + member);
        boolean known = switch (module) {
            case "torch" -> STORAGES.containsKey(name.text());
            case "torch._utils" -> member.equals("_rebuild_tensor_v2") || member.equals("_rebuild_parameter");
            case "collections" -> member.equals("OrderedDict");
            case "torch.jit._pickle" -> member.equals("restore_type_tag") || member.startsWith("build_");
            default -> module.equals(CLASSES) || module.startsWith(CLASSES + ".");
        };
        if (!known) {
            throw refused(place, name.text());
        }
        return name;
    }

    private static CheckpointException refused(String place, String name) {
        return new CheckpointException(place + " names " + name
                + ", which describes no tensor; nothing was executed and the file is not used");
    }

    private static Object first(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("a call without arguments");
        }
        return arguments.get(0);
    }

    /** Arguments: storage, offset, sizes, strides, and two that say nothing about the numbers. */
    @SuppressWarnings("unchecked")
    private static TorchTensor tensor(String place, List<Object> arguments) throws CheckpointException {
        PickleReader.Storage storage = (PickleReader.Storage) arguments.get(0);
        long offset = (Long) arguments.get(1);
        long[] shape = ((List<Object>) arguments.get(2))
                .stream().mapToLong(size -> (Long) size).toArray();
        long[] strides = ((List<Object>) arguments.get(3))
                .stream().mapToLong(stride -> (Long) stride).toArray();
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] < 0 || offset < 0 || strides.length != shape.length) {
                throw new IllegalArgumentException("a tensor with the sizes " + List.of(arguments.get(2)));
            }
            if (shape[i] > 1 && strides[i] != expected) {
                throw new CheckpointException(place + " holds a tensor of sizes " + arguments.get(2)
                        + " with the strides " + arguments.get(3) + "; only tensors without gaps, row-major, are read");
            }
            expected = Math.multiplyExact(expected, Math.max(1, shape[i]));
        }
        return new TorchTensor(storage.type(), storage.key(), offset, shape);
    }
}
