using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>
/// The bytes of a manifest, a <see cref="ChecksummedFormat"/> with this body:
/// <code>
/// job, name, kind, epoch, checkpoint, triggered at (ms), duration (ms), fingerprint, key groups
/// vertices   count, each: id, name
/// progress   count of vertices, each: id, count of tasks, each: subtask, watermark (ms), has ended
/// segments, operators and ledger, see SnapshotFormat
/// attempts   count of vertices, each: the attempt of its tasks; older manifests end before it
/// </code>
/// See docs/design/checkpoint-format.md.
/// </summary>
public static class ManifestFormat
{
    private static readonly ChecksummedFormat Format = new("QSCP", oldest: 1, version: 1, "the manifest of a checkpoint", "Name another checkpoint.");

    /// <summary>Writes a manifest.</summary>
    public static byte[] Write(CheckpointManifest manifest)
    {
        CodecWriter body = new();
        WriteBody(body, manifest);
        return Format.Write(body);
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are not a manifest, or of an unknown version.</exception>
    public static CheckpointManifest Read(byte[] bytes, string place) => Format.Read(bytes, place, ReadBody);

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
            : throw new DamagedCheckpointException($"{place} is the manifest of checkpoint {manifest.Id} of job {manifest.Job}: was it moved here?");
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
        body.WriteMany(manifest.Vertices, static (body, vertex) => body.WriteLength(vertex.Attempt.Number));
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
        Attempt[] attempts = body.Remaining == 0 ? [] : body.ReadMany(static body => new Attempt((int)body.ReadUInt64(int.MaxValue)));
        return new CheckpointManifest
        {
            Job = job,
            JobName = name,
            Kind = kind,
            Epoch = epoch,
            TriggeredAt = triggeredAt,
            Duration = duration,
            Fingerprint = fingerprint,
            Vertices = [.. vertices.Select((vertex, index) => vertex with { Attempt = attempts.ElementAtOrDefault(index) })],
            State = new JobSnapshot(checkpoint, keyGroups, progress, operators, ledger),
        };
    }

    private static TaskProgress ReadProgress(CodecReader body) =>
        new((int)body.ReadUInt64(int.MaxValue), new EventTime(body.ReadInt64()), body.ReadBoolean());
}
