using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Testing.Checkpoints;

/// <summary>Checkpoints of a small job, for tests of storages.</summary>
public static class TestManifests
{
    /// <summary>The job.</summary>
    public static readonly JobId Job = new(0x0123456789abcdef);

    /// <summary>The vertex whose tasks have the state.</summary>
    public static readonly VertexId Vertex = new(0x17);

    /// <summary>The name of a segment.</summary>
    public static SegmentName Segment(long epoch, long checkpoint, int subtask = 0, int number = 0, int attempt = 0) =>
        new(new Epoch(epoch), new CheckpointId(checkpoint), new Attempt(attempt), new TaskId(Job, Vertex, subtask), number);

    /// <summary>A checkpoint with keyed, list and broadcast state.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="checkpoint">Its id.</param>
    /// <param name="chunks">The chunks of the keyed state, one for each key group.</param>
    /// <param name="jobName">The job's name.</param>
    public static CheckpointManifest Of(long epoch, long checkpoint, IReadOnlyList<ChunkHandle> chunks, string jobName = "Đếm từ")
    {
        StateSnapshot keyed = new(
            "count", StateKind.Keyed, Codec<(string, long)>.Instance.Schema, [.. chunks.Select((chunk, group) => new StateChunk(group, 3, chunk))]);
        StateSnapshot list = new("offsets", StateKind.List, Codec<long>.Instance.Schema, []);
        StateSnapshot broadcast = new(
            "rules", StateKind.Broadcast, Codec<string>.Instance.Schema, [.. chunks.Take(1).Select(chunk => new StateChunk(-1, 1, chunk))]);
        return new CheckpointManifest
        {
            Job = Job,
            JobName = jobName,
            Kind = CheckpointKind.Checkpoint,
            Epoch = new Epoch(epoch),
            TriggeredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000),
            Duration = TimeSpan.FromMilliseconds(45),
            Fingerprint = "f1",
            Vertices = [new ManifestVertex(Vertex, "Source: dòng → Đếm")],
            State = new JobSnapshot(
                new CheckpointId(checkpoint),
                keyGroups: 128,
                [new KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>(
                    Vertex, [new TaskProgress(0, new EventTime(-5), false), new TaskProgress(1, EventTime.MaxValue, true)])],
                [new OperatorSnapshot(new OperatorId(0x99), "Đếm", [keyed, list, broadcast])],
                [
                    new OperatorLedger(new OperatorId(0x98), Vertex, "dòng") { PassesRows = true, RowsIn = 10, RowsOut = 9, DeadLettered = 1 },
                    new OperatorLedger(new OperatorId(0x99), Vertex, "Đếm") { RowsIn = 9, RowsOut = 300, Filtered = 2, Late = 3, Absorbed = 4 },
                ]),
        };
    }
}
