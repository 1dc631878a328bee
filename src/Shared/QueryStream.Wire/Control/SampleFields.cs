using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;

namespace QueryStream.Wire.Control;

/// <summary>The fields of metrics in messages to the coordinator.</summary>
internal static class SampleFields
{
    /// <summary>Writes the figures of a process.</summary>
    public static void Write(CodecWriter writer, ProcessSample sample)
    {
        writer.WriteLength(sample.Processors);
        writer.WriteInt64(sample.CpuTime.Ticks);
        writer.WriteDouble(sample.CpuLoad);
        writer.WriteInt64(sample.WorkingSet);
        writer.WriteInt64(sample.HeapUsed);
        writer.WriteInt64(sample.HeapCommitted);
        writer.WriteInt64(sample.HeapLimit);
        writer.WriteInt64(sample.MachineMemory);
        writer.WriteMany(sample.Collections, static (writer, count) => writer.WriteInt64(count));
        writer.WriteInt64(sample.CollectionPauses.Ticks);
        writer.WriteInt64(sample.Allocated);
        writer.WriteLength(sample.Threads);
        writer.WriteLength(sample.Assemblies);
    }

    /// <summary>Reads them.</summary>
    public static ProcessSample ReadProcess(CodecReader reader) => new()
    {
        Processors = (int)reader.ReadUInt64(int.MaxValue),
        CpuTime = TimeSpan.FromTicks(reader.ReadInt64()),
        CpuLoad = reader.ReadDouble(),
        WorkingSet = reader.ReadInt64(),
        HeapUsed = reader.ReadInt64(),
        HeapCommitted = reader.ReadInt64(),
        HeapLimit = reader.ReadInt64(),
        MachineMemory = reader.ReadInt64(),
        Collections = reader.ReadMany(static reader => reader.ReadInt64()),
        CollectionPauses = TimeSpan.FromTicks(reader.ReadInt64()),
        Allocated = reader.ReadInt64(),
        Threads = (int)reader.ReadUInt64(int.MaxValue),
        Assemblies = (int)reader.ReadUInt64(int.MaxValue),
    };

    /// <summary>Writes the metrics of a task.</summary>
    public static void Write(CodecWriter writer, TaskSample sample)
    {
        writer.WriteTask(sample.Task);
        writer.WriteInt64(sample.RecordsRead);
        writer.WriteInt64(sample.BytesRead);
        writer.WriteInt64(sample.RowsIn);
        writer.WriteInt64(sample.BytesIn);
        writer.WriteInt64(sample.RowsOut);
        writer.WriteInt64(sample.BytesOut);
        writer.WriteInt64(sample.Idle.Ticks);
        writer.WriteInt64(sample.Busy.Ticks);
        writer.WriteInt64(sample.BackPressured.Ticks);
        writer.WriteLength(sample.QueueLength);
        writer.WriteDouble(sample.OutputUsage);
        writer.WriteInt64(sample.LateDropped);
        writer.WriteInt64(sample.Acknowledged);
        writer.WriteInt64(sample.SinceAcknowledgement?.Ticks ?? -1);
        writer.WriteInt64(sample.Watermark.Milliseconds);
        writer.WriteMany(sample.Counters, WriteCount);
        writer.WriteMany(sample.DeadLetters, WriteCount);
        writer.WriteMany(sample.DeadLetterExamples, WriteText);
        writer.WriteMany(sample.Problems, WriteText);
        writer.WriteMany(sample.Operators, WriteFlow);
        writer.WriteMany(sample.Splits, WriteSplit);
        WriteLatency(writer, sample.SinkLatency);
        writer.WriteInt64(sample.BytesWritten);
        WriteLatency(writer, sample.WriteLatency);
        WriteCheckpoint(writer, sample.Checkpoint);
    }

    /// <summary>Reads them.</summary>
    public static TaskSample ReadTask(CodecReader reader) => new(IdentityFields.ReadTask(reader))
    {
        RecordsRead = reader.ReadInt64(),
        BytesRead = reader.ReadInt64(),
        RowsIn = reader.ReadInt64(),
        BytesIn = reader.ReadInt64(),
        RowsOut = reader.ReadInt64(),
        BytesOut = reader.ReadInt64(),
        Idle = TimeSpan.FromTicks(reader.ReadInt64(0, long.MaxValue)),
        Busy = TimeSpan.FromTicks(reader.ReadInt64(0, long.MaxValue)),
        BackPressured = TimeSpan.FromTicks(reader.ReadInt64(0, long.MaxValue)),
        QueueLength = (int)reader.ReadUInt64(int.MaxValue),
        OutputUsage = reader.ReadDouble(),
        LateDropped = reader.ReadInt64(),
        Acknowledged = reader.ReadInt64(),
        SinceAcknowledgement = reader.ReadInt64(-1, long.MaxValue) is >= 0 and long ticks ? TimeSpan.FromTicks(ticks) : null,
        Watermark = new EventTime(reader.ReadInt64()),
        Counters = reader.ReadMany(ReadCount),
        DeadLetters = reader.ReadMany(ReadCount),
        DeadLetterExamples = reader.ReadMany(ReadText),
        Problems = reader.ReadMany(ReadText),
        Operators = reader.ReadMany(ReadFlow),
        Splits = reader.ReadMany(ReadSplit),
        SinkLatency = ReadLatency(reader),
        BytesWritten = reader.ReadInt64(),
        WriteLatency = ReadLatency(reader),
        Checkpoint = ReadCheckpoint(reader),
    };

    private static void WriteLatency(CodecWriter writer, LatencyCounts latency) =>
        writer.WriteMany(latency.Counts, static (writer, count) => writer.WriteInt64(count));

    private static LatencyCounts ReadLatency(CodecReader reader) => new(reader.ReadMany(static reader => reader.ReadInt64()));

    private static void WriteCheckpoint(CodecWriter writer, CheckpointSample? checkpoint)
    {
        writer.WriteBoolean(checkpoint is not null);
        if (checkpoint is not null)
        {
            writer.WriteInt64(checkpoint.StartDelay.Ticks);
            writer.WriteInt64(checkpoint.Alignment.Ticks);
            writer.WriteInt64(checkpoint.StateBytes);
        }
    }

    private static CheckpointSample? ReadCheckpoint(CodecReader reader) => !reader.ReadBoolean() ? null
        : new CheckpointSample(TimeSpan.FromTicks(reader.ReadInt64()), TimeSpan.FromTicks(reader.ReadInt64()), reader.ReadInt64());

    private static void WriteFlow(CodecWriter writer, OperatorFlow flow)
    {
        writer.WriteOperator(flow.Operator);
        writer.WriteInt64(flow.In);
        writer.WriteInt64(flow.Out);
        writer.WriteInt64(flow.Filtered);
        writer.WriteInt64(flow.Late);
        writer.WriteInt64(flow.DeadLettered);
    }

    private static OperatorFlow ReadFlow(CodecReader reader) => new(reader.ReadOperator(), reader.ReadInt64(), reader.ReadInt64())
    {
        Filtered = reader.ReadInt64(),
        Late = reader.ReadInt64(),
        DeadLettered = reader.ReadInt64(),
    };

    private static void WriteSplit(CodecWriter writer, SplitFlow split)
    {
        writer.WriteString(split.Name);
        writer.WriteInt64(split.Offset ?? -1);
        writer.WriteInt64(split.Watermark.Milliseconds);
        writer.WriteEnum(split.State);
        writer.WriteInt64(split.Pending ?? -1);
        writer.WriteBoolean(split.EmitLag is not null);
        writer.WriteInt64(split.EmitLag?.Ticks ?? 0);
    }

    private static SplitFlow ReadSplit(CodecReader reader) => new(
        reader.ReadRequiredString(), Known(reader.ReadInt64()), new EventTime(reader.ReadInt64()), reader.ReadEnum<SplitState>())
    {
        Pending = Known(reader.ReadInt64()),
        EmitLag = ReadLag(reader),
    };

    // An event time may be ahead of the clock.
    private static TimeSpan? ReadLag(CodecReader reader)
    {
        bool isKnown = reader.ReadBoolean();
        TimeSpan lag = TimeSpan.FromTicks(reader.ReadInt64());
        return isKnown ? lag : null;
    }

    private static long? Known(long value) => value >= 0 ? value : null;

    private static void WriteCount(CodecWriter writer, NamedCount count)
    {
        writer.WriteString(count.Name);
        writer.WriteInt64(count.Count);
    }

    private static NamedCount ReadCount(CodecReader reader) => new(reader.ReadRequiredString(), reader.ReadInt64());

    private static void WriteText(CodecWriter writer, NamedText text)
    {
        writer.WriteString(text.Name);
        writer.WriteString(text.Text);
    }

    private static NamedText ReadText(CodecReader reader) => new(reader.ReadRequiredString(), reader.ReadRequiredString());
}
