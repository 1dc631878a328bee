using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>
/// Encodes a batch: the number of its rows, its size, its origin, the differences of the rows' times, and the rows (docs/design/channels.md).
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
        WriteOrigin(writer, batch.Origin);
        long before = 0;
        foreach (EventTime time in batch.Times)
        {
            // An overflow wraps around, and is undone by the one in Read.
            writer.WriteInt64(unchecked(time.Milliseconds - before));
            before = time.Milliseconds;
        }

        foreach (ref readonly T row in batch.Rows)
        {
            codec.Write(writer, row);
        }
    }

    /// <summary>Decodes a batch; the caller gets a reference. Its texts point into the reader's bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static Batch<T> Read(CodecReader reader)
    {
        int count = (int)reader.ReadUInt64(Batch.MaxRows);
        long bytes = reader.ReadInt64(0, long.MaxValue);
        Batch<T> batch = Batch<T>.Rent();
        try
        {
            ReadOrigin(reader, batch.Origin, count);
            ReadRows(reader, batch, count);
        }
        catch
        {
            batch.Release();
            throw;
        }

        batch.SetBytes(bytes);
        return batch;
    }

    private static void ReadRows(CodecReader reader, Batch<T> batch, int count)
    {
        Span<EventTime> times = stackalloc EventTime[count];
        long time = 0;
        for (int i = 0; i < count; i++)
        {
            time = unchecked(time + reader.ReadInt64());
            times[i] = new EventTime(time);
        }

        for (int i = 0; i < count; i++)
        {
            batch.Add(Codec<T>.Instance.Read(reader), times[i]);
        }
    }

    private static void WriteOrigin(CodecWriter writer, BatchOrigin origin)
    {
        writer.WriteLength(origin.Runs.Length);
        if (origin.Runs.Length == 0)
        {
            return;
        }

        foreach (ref readonly OriginRun run in origin.Runs)
        {
            writer.WriteString(run.Split);
            writer.WriteInt64(run.Index);
            writer.WriteLength(run.Rows);
            writer.WriteInt64(run.First);
            writer.WriteInt64(unchecked(run.Last - run.First));
            writer.WriteBoolean(run.IsLine);
        }

        writer.WriteBoolean(origin.IsRange);
        writer.WriteBoolean(origin.HasMore);
        writer.WriteLength(origin.Chosen.Length);
        foreach (ushort row in origin.Chosen)
        {
            writer.WriteLength(row);
        }
    }

    private static void ReadOrigin(CodecReader reader, BatchOrigin origin, int count)
    {
        int runs = (int)reader.ReadUInt64(Batch.MaxRows);
        if (runs == 0)
        {
            return;
        }

        for (int i = 0; i < runs; i++)
        {
            string split = reader.ReadString() ?? "";
            int index = (int)reader.ReadInt64(-1, int.MaxValue);
            int rows = (int)reader.ReadUInt64(Batch.MaxRows);
            long first = reader.ReadInt64();
            origin.Add(new OriginRun(split, index, rows, first, unchecked(first + reader.ReadInt64()), reader.ReadBoolean()));
        }

        bool isRange = reader.ReadBoolean();
        bool hasMore = reader.ReadBoolean();
        int chosen = (int)reader.ReadUInt64((ulong)count);
        Span<ushort> room = chosen > 0 ? origin.RoomForChosen() : [];
        for (int i = 0; i < chosen; i++)
        {
            room[i] = (ushort)reader.ReadUInt64(Batch.MaxRows - 1);
        }

        origin.Complete(isRange, hasMore, chosen);
    }
}
