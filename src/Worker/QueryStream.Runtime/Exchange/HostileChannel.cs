using QueryStream.Core.Codecs;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>What hostile mode does on a channel: a batch goes through its bytes, as it would between two processes.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal static class HostileChannel<T>
{
    /// <summary>Gives a batch back, for one that was read from its bytes.</summary>
    public static Batch<T> Pass(Batch<T> batch)
    {
        CodecWriter writer = new();
        BatchCodec<T>.Write(writer, batch);
        batch.Release();
        CodecReader reader = new(writer.Written.ToArray());
        Batch<T> copy = BatchCodec<T>.Read(reader);
        return reader.Remaining == 0 ? copy : throw new InvalidOperationException($"The codec of {typeof(T)} left {reader.Remaining} of the bytes that it wrote unread.");
    }
}
