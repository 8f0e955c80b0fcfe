package io.packcache.stream.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The tensors of a TorchScript archive, such as a published {@code decoder.jit}: a zip with a pickle that describes the
 * module tree, and one stored entry per tensor.
 *
 * <p>Only the tree and the numbers are read. The code that the archive also carries is not opened, and nothing in the
 * pickle is executed, see {@link PickleReader}. A tensor is named by its path through the tree, as in a state dict.
 */
public final class TorchArchive implements TensorFile {

    /** A module tree of the models read here is a few hundred kilobytes; more is no such model. */
    private static final long MOST_PICKLE_BYTES = 64 << 20;

    private static final int PIECE = 1 << 18;

    private final Path file;
    private final ZipFile zip;
    private final String root;
    private final Map<String, TorchTensor> tensors;

    private TorchArchive(Path file, ZipFile zip, String root, Map<String, TorchTensor> tensors) {
        this.file = file;
        this.zip = zip;
        this.root = root;
        this.tensors = tensors;
    }

    /**
     * Opens an archive and reads its module tree.
     *
     * @throws CheckpointException if it is absent, no archive, or holds anything but modules, tensors and plain values; the
     *     message names what it is
     */
    public static TorchArchive open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " does not exist or is not a file");
        }
        ZipFile zip = openZip(file);
        try {
            ZipEntry pickle = pickle(file, zip);
            String root = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            Object tree;
            try (InputStream in = zip.getInputStream(pickle)) {
                byte[] bytes = in.readNBytes((int) pickle.getSize());
                tree = new PickleReader(file + ": " + pickle.getName(), bytes).read();
            }
            Map<String, TorchTensor> tensors = new TorchModuleTree(file.toString()).tensors(tree);
            TorchArchive archive = new TorchArchive(file, zip, root, tensors);
            for (String name : tensors.keySet()) {
                archive.requireStored(name);
            }
            return archive;
        } catch (ZipException e) {
            zip.close();
            throw new CheckpointException(file + " is a damaged zip: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static ZipFile openZip(Path file) throws IOException {
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new CheckpointException(file + " is no TorchScript archive, which is a zip: " + e.getMessage(), e);
        }
    }

    private static ZipEntry pickle(Path file, ZipFile zip) throws CheckpointException {
        List<? extends ZipEntry> found = zip.stream()
                .filter(entry -> entry.getName().matches("[^/]+/data\\.pkl"))
                .toList();
        if (found.size() != 1) {
            throw new CheckpointException(file + " is no TorchScript archive: it holds " + found.size()
                    + " entries called */data.pkl, not 1");
        }
        ZipEntry pickle = found.get(0);
        if (pickle.getMethod() != ZipEntry.STORED || pickle.getSize() > MOST_PICKLE_BYTES) {
            throw new CheckpointException(file + ": " + pickle.getName() + " of " + pickle.getSize()
                    + " bytes is compressed or larger than " + MOST_PICKLE_BYTES + "; TorchScript writes neither");
        }
        return pickle;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public ElementType type(String name) throws CheckpointException {
        return tensor(name).type();
    }

    @Override
    public long[] shape(String name) throws CheckpointException {
        return tensor(name).shape().clone();
    }

    @Override
    public void read(String name, long first, int count, float[] target, int at) throws IOException {
        TorchTensor tensor = tensor(name);
        if (!tensor.type().isWeight()) {
            throw new CheckpointException(place(name) + " holds " + tensor.type() + ", expected F32, F16 or BF16");
        }
        if (first < 0 || count < 0 || first > tensor.elements() - count) {
            throw new CheckpointException(place(name) + " holds " + tensor.elements() + " numbers, asked for " + count
                    + " from " + first + " on");
        }
        int width = tensor.type().bytes();
        try (InputStream in = zip.getInputStream(stored(name))) {
            in.skipNBytes((tensor.offset() + first) * width);
            byte[] piece = new byte[Math.min(PIECE, Math.multiplyExact(count, width))];
            ByteBuffer buffer = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
            for (int done = 0; done < count; done += PIECE / width) {
                int n = Math.min(PIECE / width, count - done);
                if (in.readNBytes(piece, 0, n * width) < n * width) {
                    throw new CheckpointException(place(name) + " ends early; the archive is damaged");
                }
                tensor.type().widen(buffer, 0, target, at + done, n);
            }
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private TorchTensor tensor(String name) throws CheckpointException {
        TorchTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(file + " holds no tensor \"" + name + "\"");
        }
        return tensor;
    }

    private ZipEntry stored(String name) throws CheckpointException {
        String entry = root + "data/" + tensor(name).storage();
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            throw new CheckpointException(place(name) + " should lie in " + entry + ", which the archive lacks");
        }
        return found;
    }

    /** Numbers are stored as they are, so an entry's size is bounded by the file's and a place in it is found at once. */
    private void requireStored(String name) throws CheckpointException {
        TorchTensor tensor = tensor(name);
        ZipEntry entry = stored(name);
        long bytes = entry.getSize();
        if (entry.getMethod() != ZipEntry.STORED || bytes != entry.getCompressedSize()) {
            throw new CheckpointException(place(name) + " is compressed, which TorchScript does not do");
        }
        long end = Math.addExact(tensor.offset(), tensor.elements());
        if (end > bytes / tensor.type().bytes()) {
            throw new CheckpointException(place(name) + " needs " + end + " numbers of " + tensor.type() + ", and "
                    + entry.getName() + " has " + bytes + " bytes");
        }
    }

    private String place(String name) {
        return file + ": tensor \"" + name + "\"";
    }
}
