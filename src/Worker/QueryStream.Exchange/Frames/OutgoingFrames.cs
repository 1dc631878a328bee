using System.Buffers;
using System.Collections.Concurrent;
using QueryStream.Core.Codecs;

namespace QueryStream.Exchange.Frames;

/// <summary>Reuses the writers of frames, so that an element costs no allocation. Their buffers are of the shared pool. Safe on any thread.</summary>
internal static class OutgoingFrames
{
    private const int Kept = 256;

    private static readonly ConcurrentQueue<CodecWriter> Pool = new();

    /// <summary>An empty writer. Its one owner at a time returns it: the task that encodes, then the connection that sends.</summary>
    public static CodecWriter Rent() => Pool.TryDequeue(out CodecWriter? frame) ? frame : new CodecWriter(ArrayPool<byte>.Shared);

    /// <summary>Gives it back.</summary>
    public static void Return(CodecWriter frame)
    {
        frame.Release();
        if (Pool.Count < Kept)
        {
            Pool.Enqueue(frame);
        }
    }
}
