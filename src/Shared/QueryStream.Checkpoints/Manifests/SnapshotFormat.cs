using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>
/// The bytes of the state of operators, which manifests and the acknowledgements of tasks have in common:
/// <code>
/// segments   count, each: name
/// operators  count, each: id, name, count of states, each:
///            name, kind, schema, count of chunks, each: key group, items, segment (its place above), offset, stored length,
///            encoding, length, XXH128
/// ledger     count of operators, each: id, vertex, name, passes rows, rows in, rows out, filtered, late, dead-lettered, absorbed
/// </code>
/// The snapshot of a task begins with its checkpoint, job, vertex, subtask, key groups, watermark (ms), whether it has ended, its last
/// barrier, and its times (100 ns each).
/// </summary>
public static class SnapshotFormat
{
    internal const int MaxKeyGroups = 32768;

    // LZ4 expands one byte to at most 255.
    private const long MaxExpansion = 255;

    /// <summary>Writes the snapshot of a task.</summary>
    public static void Write(CodecWriter body, TaskSnapshot snapshot)
    {
        body.WriteCheckpoint(snapshot.Checkpoint);
        body.WriteTask(snapshot.Task);
        body.WriteLength(snapshot.KeyGroups);
        body.WriteInt64(snapshot.Watermark.Milliseconds);
        body.WriteBoolean(snapshot.HasEnded);
        body.WriteCheckpoint(snapshot.LastBarrier);
        body.WriteInt64(snapshot.Times.StartDelay.Ticks);
        body.WriteInt64(snapshot.Times.Alignment.Ticks);
        body.WriteInt64(snapshot.Times.Sync.Ticks);
        body.WriteInt64(snapshot.Times.Async.Ticks);
        Write(body, snapshot.Operators, snapshot.Ledger);
    }

    /// <summary>Reads the snapshot of a task. Never trusts the bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static TaskSnapshot Read(CodecReader body)
    {
        CheckpointId checkpoint = body.ReadCheckpoint();
        TaskId task = body.ReadTask();
        int keyGroups = (int)body.ReadUInt64(MaxKeyGroups);
        EventTime watermark = new(body.ReadInt64());
        bool hasEnded = body.ReadBoolean();
        CheckpointId lastBarrier = body.ReadCheckpoint();
        SnapshotTimes times = new(ReadDuration(body), ReadDuration(body), ReadDuration(body), ReadDuration(body));
        (OperatorSnapshot[] operators, OperatorLedger[] ledger) = Read(body, task.Job, keyGroups);
        return new TaskSnapshot(task, checkpoint, operators)
        {
            KeyGroups = keyGroups,
            Watermark = watermark,
            HasEnded = hasEnded,
            LastBarrier = lastBarrier,
            Times = times,
            Ledger = ledger,
        };
    }

    private static TimeSpan ReadDuration(CodecReader body) => TimeSpan.FromTicks(body.ReadInt64(0, long.MaxValue));

    internal static void Write(CodecWriter body, IReadOnlyCollection<OperatorSnapshot> operators, IReadOnlyList<OperatorLedger> ledger)
    {
        Dictionary<SegmentName, int> segments = [];
        foreach (StateChunk chunk in operators.SelectMany(part => part.Chunks))
        {
            segments.TryAdd(chunk.Content.Segment, segments.Count);
        }

        body.WriteMany(segments.Keys, static (body, segment) => body.WriteString(segment.ToString()));
        body.WriteMany(operators, (body, part) =>
        {
            body.WriteOperator(part.Operator);
            body.WriteString(part.Name);
            body.WriteMany(part.States, (body, state) => WriteState(body, state, segments));
        });
        body.WriteMany(ledger, WriteLedger);
    }

    internal static (OperatorSnapshot[] Operators, OperatorLedger[] Ledger) Read(CodecReader body, JobId job, int keyGroups)
    {
        SegmentName[] segments = body.ReadMany(body => ReadSegment(body, job));
        OperatorSnapshot[] operators = body.ReadMany(body => new OperatorSnapshot(
            body.ReadOperator(), body.ReadRequiredString(), body.ReadMany(body => ReadState(body, segments, keyGroups))));
        return (operators, body.ReadMany(ReadLedger));
    }

    private static void WriteState(CodecWriter body, StateSnapshot state, Dictionary<SegmentName, int> segments)
    {
        body.WriteString(state.Name);
        body.WriteByte((byte)state.Kind);
        state.Schema.Write(body);
        body.WriteMany(state.Chunks, (body, chunk) =>
        {
            body.WriteInt64(chunk.KeyGroup);
            body.WriteLength(chunk.Count);
            body.WriteLength(segments[chunk.Content.Segment]);
            body.WriteLength(chunk.Content.Offset);
            body.WriteLength(chunk.Content.StoredLength);
            body.WriteByte((byte)chunk.Content.Encoding);
            body.WriteLength(chunk.Content.Length);
            body.WriteUInt128(chunk.Content.Checksum);
        });
    }

    private static void WriteLedger(CodecWriter body, OperatorLedger part)
    {
        body.WriteOperator(part.Operator);
        body.WriteVertex(part.Vertex);
        body.WriteString(part.Name);
        body.WriteBoolean(part.PassesRows);
        body.WriteInt64(part.RowsIn);
        body.WriteInt64(part.RowsOut);
        body.WriteInt64(part.Filtered);
        body.WriteInt64(part.Late);
        body.WriteInt64(part.DeadLettered);
        body.WriteInt64(part.Absorbed);
    }

    private static OperatorLedger ReadLedger(CodecReader body) => new(
        body.ReadOperator(), body.ReadVertex(), body.ReadRequiredString())
    {
        PassesRows = body.ReadBoolean(),
        RowsIn = body.ReadInt64(),
        RowsOut = body.ReadInt64(),
        Filtered = body.ReadInt64(),
        Late = body.ReadInt64(),
        DeadLettered = body.ReadInt64(),
        Absorbed = body.ReadInt64(),
    };

    private static SegmentName ReadSegment(CodecReader body, JobId job)
    {
        string text = body.ReadRequiredString();
        return SegmentName.TryParse(text, job, out SegmentName segment) ? segment : throw body.Damaged($"the segment name '{text}'");
    }

    private static StateSnapshot ReadState(CodecReader body, SegmentName[] segments, int keyGroups)
    {
        string name = body.ReadRequiredString();
        StateKind kind = body.ReadEnum<StateKind>();
        Schema schema = Schema.Read(body);
        return new StateSnapshot(name, kind, schema, body.ReadMany(body => ReadChunk(body, segments, kind, keyGroups)));
    }

    private static StateChunk ReadChunk(CodecReader body, SegmentName[] segments, StateKind kind, int keyGroups)
    {
        int group = kind == StateKind.Keyed ? (int)body.ReadInt64(0, keyGroups - 1) : (int)body.ReadInt64(-1, -1);
        int count = (int)body.ReadUInt64(int.MaxValue);
        ulong segment = body.ReadUInt64();
        if (segment >= (ulong)segments.Length)
        {
            throw body.Damaged($"a chunk in segment {segment} of {segments.Length}");
        }

        int offset = (int)body.ReadUInt64(int.MaxValue);
        int stored = (int)body.ReadUInt64((ulong)(int.MaxValue - offset));
        ChunkEncoding encoding = (ChunkEncoding)body.ReadByte();
        int length = (int)body.ReadUInt64((ulong)Math.Min(Array.MaxLength, encoding == ChunkEncoding.Plain ? stored : stored * MaxExpansion));
        if (!Enum.IsDefined(encoding) || (encoding == ChunkEncoding.Plain && length != stored))
        {
            throw body.Damaged($"a chunk of encoding {encoding}, {stored} bytes that stand for {length}");
        }

        return new StateChunk(group, count, new ChunkHandle(segments[segment], offset, stored, encoding, length, body.ReadUInt128()));
    }
}
