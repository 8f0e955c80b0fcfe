package io.packcache.kvcache;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The plain backend, with a count of its calls and a list of the tensors it gave out. */
public final class RecordingBackend {

    private final Map<String, Integer> calls = new HashMap<>();
    private final List<Tensor> allocated = new ArrayList<>();
    private int stretches;
    private final Backend plain = Backends.of("plain");
    private final Backend proxy = (Backend) Proxy.newProxyInstance(
            Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (self, method, arguments) -> {
                calls.merge(method.getName(), 1, Integer::sum);
                if (method.getName().equals("gather")) {
                    stretches = ((RowGather) arguments[0]).stretches();
                }
                if (plain.getClass()
                        .getMethod(method.getName(), method.getParameterTypes())
                        .isDefault()) {
                    return InvocationHandler.invokeDefault(
                            self, method, arguments); // so that its calls are counted too
                }
                try {
                    Object result = method.invoke(plain, arguments);
                    if (result instanceof Tensor tensor) {
                        allocated.add(tensor);
                    }
                    return result;
                } catch (InvocationTargetException failed) {
                    throw failed.getCause();
                }
            });

    public Backend backend() {
        return proxy;
    }

    public int calls(String operation) {
        return calls.getOrDefault(operation, 0);
    }

    /** Stretches of the last gather. */
    public int stretches() {
        return stretches;
    }

    public void forget() {
        calls.clear();
        allocated.clear();
    }

    public List<Tensor> allocated() {
        return allocated;
    }
}
