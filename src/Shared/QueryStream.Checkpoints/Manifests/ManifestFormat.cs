using System.Buffers.Binary;
using System.IO.Hashing;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>
/// The bytes of a manifest:
/// <code>
///  0   4  "QSCP"
///  4   4  version of the format, little endian
///  8   8  length of the body, little endian
/// 16  16  XXH128 of the body, big endian
/// 32      body, as CodecWriter writes it:
///         job, name, kind, epoch, checkpoint, triggered at (ms), duration (ms), fingerprint, key groups
///         vertices   count, each: id, name
///         progress   count of vertices, each: id, count of tasks, each: subtask, watermark (ms), has ended
///         segments   count, each: name
///         operators  count, each: id, name, count of states, each:
///                    name, kind, schema, count of chunks, each: key group, items, segment (its place above), offset, stored length,
///                    encoding, length, XXH128
///         ledger     count of operators, each: id, vertex, name, passes rows, rows in, rows out, filtered, late, dead-lettered, absorbed
/// </code>
/// A version adds fields at the end of the body or raises the number; a reader refuses numbers that it does not know. See
/// docs/design/checkpoint-format.md.
/// </summary>
public static class ManifestFormat
{
    /// <summary>The version that is written. Older ones are read.</summary>
    public const int Version = 1;

    private const int HeaderBytes = 32;
    private const int MaxKeyGroups = 32768;

    // LZ4 expands one byte to at most 255.
    private const long MaxExpansion = 255;

    private static ReadOnlySpan<byte> Magic => "QSCP"u8;

    /// <summary>Writes a manifest.</summary>
    public static byte[] Write(CheckpointManifest manifest)
    {
        CodecWriter body = new();
        WriteBody(body, manifest);
        byte[] bytes = new byte[HeaderBytes + body.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), body.Length);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), XxHash128.HashToUInt128(body.Written));
        body.Written.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Reads a manifest. Never trusts the bytes: they may be cut off, changed, or no manifest.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are no manifest of a version that is known; says how.</exception>
    public static CheckpointManifest Read(byte[] bytes, string place)
    {
        if (bytes.Length < HeaderBytes || !bytes.AsSpan(0, 4).SequenceEqual(Magic))
        {
            throw new DamagedCheckpointException($"{place} is not the manifest of a checkpoint: {bytes.Length} bytes that do not begin with QSCP. "
                + "Another program wrote them, or they were overwritten: name another checkpoint.");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (version is < 1 or > Version)
        {
            throw new DamagedCheckpointException(
                $"{place} has version {version} of the checkpoint format, and this QueryStream reads 1 to {Version}: "
                + "restore it with the version that wrote it, or a newer one.");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
        ReadOnlySpan<byte> body = bytes.AsSpan(HeaderBytes);
        if (length != body.Length)
        {
            throw new DamagedCheckpointException($"{place} is damaged: {body.Length} bytes of {length} are there. Name another checkpoint.");
        }

        if (XxHash128.HashToUInt128(body) != BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16)))
        {
            throw new DamagedCheckpointException(
                $"{place} is damaged: its checksum is another one than when it was written. Name another checkpoint.");
        }

        try
        {
            return ReadBody(new CodecReader(bytes, HeaderBytes, body.Length));
        }
        catch (Exception e) when (e is CodecException or ArgumentException or OverflowException)
        {
            throw new DamagedCheckpointException($"{place} is damaged, though its checksum is right: {e.Message}", e);
        }
    }

    /// <summary>Reads the manifest of a certain checkpoint.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <param name="job">The job that took the checkpoint.</param>
    /// <param name="id">The checkpoint.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are no manifest of a known version, or the manifest of another checkpoint.</exception>
    public static CheckpointManifest Read(byte[] bytes, string place, JobId job, CheckpointId id)
    {
        CheckpointManifest manifest = Read(bytes, place);
        return manifest.Job == job && manifest.Id == id
            ? manifest
            : throw new DamagedCheckpointException($"{place} is the manifest of checkpoint {manifest.Id} of job {manifest.Job}: it was moved here.");
    }

    private static void WriteBody(CodecWriter body, CheckpointManifest manifest)
    {
        WriteId(body, manifest.Job.Value);
        body.WriteString(manifest.JobName);
        body.WriteByte((byte)manifest.Kind);
        body.WriteInt64(manifest.Epoch.Number);
        body.WriteInt64(manifest.Id.Number);
        body.WriteInt64(manifest.TriggeredAt.ToUnixTimeMilliseconds());
        body.WriteInt64((long)manifest.Duration.TotalMilliseconds);
        body.WriteString(manifest.Fingerprint);
        body.WriteLength(manifest.State.KeyGroups);
        body.WriteLength(manifest.Vertices.Count);
        foreach (ManifestVertex vertex in manifest.Vertices)
        {
            WriteId(body, vertex.Id.Value);
            body.WriteString(vertex.Name);
        }

        WriteProgress(body, manifest.State);
        Dictionary<SegmentName, int> segments = [];
        foreach (SegmentName segment in manifest.Segments)
        {
            segments.Add(segment, segments.Count);
        }

        body.WriteLength(segments.Count);
        foreach (SegmentName segment in segments.Keys)
        {
            body.WriteString(segment.ToString());
        }

        body.WriteLength(manifest.State.Operators.Count);
        foreach (OperatorSnapshot part in manifest.State.Operators)
        {
            WriteOperator(body, part, segments);
        }

        WriteLedger(body, manifest.State.Ledger);
    }

    private static void WriteProgress(CodecWriter body, JobSnapshot state)
    {
        body.WriteLength(state.Progress.Count);
        foreach ((VertexId vertex, IReadOnlyList<TaskProgress> tasks) in state.Progress)
        {
            WriteId(body, vertex.Value);
            body.WriteLength(tasks.Count);
            foreach (TaskProgress task in tasks)
            {
                body.WriteLength(task.Subtask);
                body.WriteInt64(task.Watermark.Milliseconds);
                body.WriteBoolean(task.HasEnded);
            }
        }
    }

    private static void WriteOperator(CodecWriter body, OperatorSnapshot part, Dictionary<SegmentName, int> segments)
    {
        WriteId(body, part.Operator.Value);
        body.WriteString(part.Name);
        body.WriteLength(part.States.Count);
        foreach (StateSnapshot state in part.States)
        {
            body.WriteString(state.Name);
            body.WriteByte((byte)state.Kind);
            state.Schema.Write(body);
            body.WriteLength(state.Chunks.Count);
            foreach (StateChunk chunk in state.Chunks)
            {
                body.WriteInt64(chunk.KeyGroup);
                body.WriteLength(chunk.Count);
                body.WriteLength(segments[chunk.Content.Segment]);
                body.WriteLength(chunk.Content.Offset);
                body.WriteLength(chunk.Content.StoredLength);
                body.WriteByte((byte)chunk.Content.Encoding);
                body.WriteLength(chunk.Content.Length);
                WriteId(body, chunk.Content.Checksum);
            }
        }
    }

    private static void WriteLedger(CodecWriter body, IReadOnlyList<OperatorLedger> ledger)
    {
        body.WriteLength(ledger.Count);
        foreach (OperatorLedger part in ledger)
        {
            WriteId(body, part.Operator.Value);
            WriteId(body, part.Vertex.Value);
            body.WriteString(part.Name);
            body.WriteBoolean(part.PassesRows);
            body.WriteInt64(part.RowsIn);
            body.WriteInt64(part.RowsOut);
            body.WriteInt64(part.Filtered);
            body.WriteInt64(part.Late);
            body.WriteInt64(part.DeadLettered);
            body.WriteInt64(part.Absorbed);
        }
    }

    private static CheckpointManifest ReadBody(CodecReader body)
    {
        JobId job = new(ReadId(body));
        string name = ReadName(body);
        CheckpointKind kind = (CheckpointKind)body.ReadByte();
        if (!Enum.IsDefined(kind))
        {
            throw body.Damaged($"the kind {kind}");
        }

        Epoch epoch = new(body.ReadInt64(0, long.MaxValue));
        CheckpointId checkpoint = new(body.ReadInt64(1, long.MaxValue));
        DateTimeOffset triggeredAt = DateTimeOffset.FromUnixTimeMilliseconds(body.ReadInt64(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        TimeSpan duration = TimeSpan.FromMilliseconds(body.ReadInt64(0, (long)TimeSpan.MaxValue.TotalMilliseconds - 1));
        string fingerprint = ReadName(body);
        int keyGroups = (int)body.ReadUInt64(MaxKeyGroups);
        ManifestVertex[] vertices = ReadMany(body, static body => new ManifestVertex(new VertexId(ReadId(body)), ReadName(body)));
        KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>[] progress = ReadMany(body, static body =>
            KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(new VertexId(ReadId(body)), ReadMany(body, ReadTask)));
        SegmentName[] segments = ReadMany(body, body => ReadSegment(body, job));
        OperatorSnapshot[] operators = ReadMany(body, body => new OperatorSnapshot(
            new OperatorId(ReadId(body)), ReadName(body), ReadMany(body, body => ReadState(body, segments, keyGroups))));
        return new CheckpointManifest
        {
            Job = job,
            JobName = name,
            Kind = kind,
            Epoch = epoch,
            TriggeredAt = triggeredAt,
            Duration = duration,
            Fingerprint = fingerprint,
            Vertices = vertices,
            State = new JobSnapshot(checkpoint, keyGroups, progress, operators, ReadMany(body, ReadLedger)),
        };
    }

    private static TaskProgress ReadTask(CodecReader body) =>
        new((int)body.ReadUInt64(int.MaxValue), new EventTime(body.ReadInt64()), body.ReadBoolean());

    private static OperatorLedger ReadLedger(CodecReader body) => new(new OperatorId(ReadId(body)), new VertexId(ReadId(body)), ReadName(body))
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
        string text = ReadName(body);
        return SegmentName.TryParse(text, job, out SegmentName segment) ? segment : throw body.Damaged($"the segment name '{text}'");
    }

    private static StateSnapshot ReadState(CodecReader body, SegmentName[] segments, int keyGroups)
    {
        string name = ReadName(body);
        StateKind kind = (StateKind)body.ReadByte();
        if (!Enum.IsDefined(kind))
        {
            throw body.Damaged($"the kind of state {kind}");
        }

        Schema schema = Schema.Read(body);
        return new StateSnapshot(name, kind, schema, ReadMany(body, body => ReadChunk(body, segments, kind, keyGroups)));
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

        return new StateChunk(group, count, new ChunkHandle(segments[segment], offset, stored, encoding, length, ReadId(body)));
    }

    private static T[] ReadMany<T>(CodecReader body, Func<CodecReader, T> read)
    {
        int count = body.ReadLength();
        List<T> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(read(body));
        }

        return [.. items];
    }

    private static string ReadName(CodecReader body) => body.ReadString() ?? throw body.Damaged("a name that is missing");

    internal static void WriteId(CodecWriter body, UInt128 id) => BinaryPrimitives.WriteUInt128BigEndian(body.Reserve(16), id);

    internal static UInt128 ReadId(CodecReader body) => BinaryPrimitives.ReadUInt128BigEndian(body.ReadRaw(16));
}
