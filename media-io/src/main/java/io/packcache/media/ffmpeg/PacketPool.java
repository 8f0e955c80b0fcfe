package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import java.util.ArrayDeque;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Packets that are used again. Thread-safe; a packet released after the pool was closed is freed. */
final class PacketPool implements AutoCloseable {

    private final ArrayDeque<Packet> free = new ArrayDeque<>();
    private boolean closed;

    /** Moves what {@code from} holds, without copying it, into a packet of this pool. */
    Packet move(AVPacket from) throws FfmpegException {
        Packet packet;
        synchronized (this) {
            packet = free.poll();
        }
        if (packet == null) {
            packet = new Packet(Ffmpeg.checkMemory(av_packet_alloc(), "make a packet"));
        }
        av_packet_move_ref(packet.content, from);
        return packet;
    }

    private synchronized void takeBack(Packet packet) {
        if (closed) {
            av_packet_free(packet.content);
        } else {
            av_packet_unref(packet.content);
            free.push(packet);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        free.forEach(packet -> av_packet_free(packet.content));
        free.clear();
    }

    /** One of the pool's packets, with a coded picture in it. */
    final class Packet implements EncodedPicture {

        private final AVPacket content;

        private Packet(AVPacket content) {
            this.content = content;
        }

        AVPacket content() {
            return content;
        }

        @Override
        public boolean key() {
            return (content.flags() & AV_PKT_FLAG_KEY) != 0;
        }

        @Override
        public int bytes() {
            return content.size();
        }

        @Override
        public long ticks() {
            return content.pts();
        }

        @Override
        public void release() {
            takeBack(this);
        }
    }
}
