using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// How a batch becomes bytes: the number of its rows, its weight, its header, the rows' times as differences, and the rows, one after the other.
/// Stateless; safe on any thread.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
internal static class BatchCodec<T>
{
    /// <summary>Writes a batch.</summary>
    public static void Write(CodecWriter writer, Batch<T> batch)
    {
        Codec<T> codec = Codec<T>.Instance;
        writer.WriteLength(batch.Count);
        writer.WriteInt64(batch.Bytes);
        writer.WriteInt64(batch.Header.Split);
        writer.WriteInt64(batch.Header.FirstOffset);
        writer.WriteInt64(batch.Header.LastOffset);
        writer.WriteInt64(batch.Header.IngestTime.Milliseconds);
        long before = 0;
        foreach (EventTime time in batch.Times)
        {
            // Wraps around, and back again when it is read.
            writer.WriteInt64(unchecked(time.Milliseconds - before));
            before = time.Milliseconds;
        }

        foreach (ref readonly T row in batch.Rows)
        {
            codec.Write(writer, row);
        }
    }

    /// <summary>Reads a batch, which the caller then holds. Its texts point into the reader's bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static Batch<T> Read(CodecReader reader)
    {
        int count = (int)reader.ReadUInt64(Batch.MaxRows);
        long bytes = reader.ReadInt64(0, long.MaxValue);
        BatchHeader header = new((int)reader.ReadInt64(-1, int.MaxValue), reader.ReadInt64(), reader.ReadInt64(), new EventTime(reader.ReadInt64()));
        Span<EventTime> times = stackalloc EventTime[count];
        long time = 0;
        for (int i = 0; i < count; i++)
        {
            time = unchecked(time + reader.ReadInt64());
            times[i] = new EventTime(time);
        }

        Batch<T> batch = Batch<T>.Rent();
        try
        {
            for (int i = 0; i < count; i++)
            {
                batch.Add(Codec<T>.Instance.Read(reader), times[i]);
            }
        }
        catch
        {
            batch.Release();
            throw;
        }

        batch.Header = header;
        batch.Weigh(bytes);
        return batch;
    }
}
