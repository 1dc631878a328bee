using System.Buffers.Binary;
using System.IO.Hashing;
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
///         segments, operators and ledger, see SnapshotFormat
/// </code>
/// A version adds fields at the end of the body or raises the number; a reader refuses numbers that it does not know. See
/// docs/design/checkpoint-format.md.
/// </summary>
public static class ManifestFormat
{
    /// <summary>The version that is written. Older ones are read.</summary>
    public const int Version = 1;

    private const int HeaderBytes = 32;

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
        body.WriteJob(manifest.Job);
        body.WriteString(manifest.JobName);
        body.WriteByte((byte)manifest.Kind);
        body.WriteEpoch(manifest.Epoch);
        body.WriteCheckpoint(manifest.Id);
        body.WriteInt64(manifest.TriggeredAt.ToUnixTimeMilliseconds());
        body.WriteInt64((long)manifest.Duration.TotalMilliseconds);
        body.WriteString(manifest.Fingerprint);
        body.WriteLength(manifest.State.KeyGroups);
        body.WriteMany(manifest.Vertices, static (body, vertex) =>
        {
            body.WriteVertex(vertex.Id);
            body.WriteString(vertex.Name);
        });
        body.WriteMany(manifest.State.Progress, static (body, vertex) =>
        {
            body.WriteVertex(vertex.Key);
            body.WriteMany(vertex.Value, WriteProgress);
        });
        SnapshotFormat.Write(body, manifest.State.Operators, manifest.State.Ledger);
    }

    private static void WriteProgress(CodecWriter body, TaskProgress task)
    {
        body.WriteLength(task.Subtask);
        body.WriteInt64(task.Watermark.Milliseconds);
        body.WriteBoolean(task.HasEnded);
    }

    private static CheckpointManifest ReadBody(CodecReader body)
    {
        JobId job = body.ReadJob();
        string name = body.ReadRequiredString();
        CheckpointKind kind = body.ReadEnum<CheckpointKind>();
        Epoch epoch = body.ReadEpoch();
        CheckpointId checkpoint = body.ReadCheckpoint(min: 1);
        DateTimeOffset triggeredAt = DateTimeOffset.FromUnixTimeMilliseconds(body.ReadInt64(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        TimeSpan duration = TimeSpan.FromMilliseconds(body.ReadInt64(0, (long)TimeSpan.MaxValue.TotalMilliseconds - 1));
        string fingerprint = body.ReadRequiredString();
        int keyGroups = (int)body.ReadUInt64(SnapshotFormat.MaxKeyGroups);
        ManifestVertex[] vertices = body.ReadMany(static body => new ManifestVertex(body.ReadVertex(), body.ReadRequiredString()));
        KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>[] progress = body.ReadMany(static body =>
            KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(body.ReadVertex(), body.ReadMany(ReadProgress)));
        (OperatorSnapshot[] operators, OperatorLedger[] ledger) = SnapshotFormat.Read(body, job, keyGroups);
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
            State = new JobSnapshot(checkpoint, keyGroups, progress, operators, ledger),
        };
    }

    private static TaskProgress ReadProgress(CodecReader body) =>
        new((int)body.ReadUInt64(int.MaxValue), new EventTime(body.ReadInt64()), body.ReadBoolean());
}
