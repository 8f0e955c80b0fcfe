package io.packcache.operators.akka;

import akka.stream.javadsl.Source;
import io.packcache.stream.session.FramePublisher;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.nio.file.Path;

/** Where video comes from, for Akka Streams; {@link PackcacheFlow} shows a whole stream. */
public final class PackcacheSource {

    private PackcacheSource() {}

    /**
     * Generates a video, one latent frame for each pull. Each materialisation has a session of its own.
     *
     * <p><b>Demand</b>: one pull, one latent frame; no demand, no work. At most one finished frame is in flight.
     *
     * <p><b>Order</b>: by frame number, conditioning frames first.
     *
     * <p><b>Discard</b>: a frame finished after a cancel, or after the actor system was terminated, is released.
     *
     * <p><b>Errors</b>: {@link io.packcache.stream.session.GenerationException} with frame, step and cause; the session is
     * closed before it is signalled.
     *
     * <p><b>Cancellation</b>: within one refinement step, also when the materializer or the actor system is shut down;
     * everything is freed, on the session's thread.
     *
     * <p><b>Thread</b>: generates on one daemon thread for each materialisation; signals come from the stream's dispatcher.
     *
     * @throws IllegalArgumentException at once, if the model cannot generate the request
     */
    public static Source<GeneratedFrame, GenerationControl> generate(VideoModel model, GenerationRequest request) {
        return Source.fromGraph(new GenerateStage(new FramePublisher(model, request)))
                .named("packcache.generate");
    }

    /**
     * Goes on with a stream that {@link PackcacheFlow#checkpointEvery} saved, also in another process: the frames that would
     * have come. Everything said of {@link #generate} holds; the stages after it are those of the stream that was saved.
     *
     * <p><b>Errors</b>: also {@link io.packcache.kvcache.snapshot.SnapshotException}, at the first pull, if the file cannot be
     * read, was altered, or was saved by another model.
     *
     * @param checkpoint the file; {@link io.packcache.stream.flow.Checkpoints#newest} finds the newest of a directory
     */
    public static Source<GeneratedFrame, GenerationControl> resumeFrom(VideoModel model, Path checkpoint) {
        return Source.fromGraph(new GenerateStage(FramePublisher.resuming(model, checkpoint)))
                .named("packcache.resumeFrom");
    }
}
