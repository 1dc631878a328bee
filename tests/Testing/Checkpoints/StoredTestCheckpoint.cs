using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Testing.Checkpoints;

/// <summary>Stores whole checkpoints of a small job: a source of Kafka and one of files, and keyed state.</summary>
public static class StoredTestCheckpoint
{
    /// <summary>The name of the operator with the keyed state.</summary>
    public const string Counting = "Đếm";

    private static readonly VertexId Source = new(0x16);

    /// <summary>Stores a checkpoint. Its state is in one segment for each of three tasks.</summary>
    /// <param name="storage">A storage that was acquired.</param>
    /// <param name="epoch">The epoch of that.</param>
    /// <param name="id">The checkpoint's id.</param>
    /// <param name="job">Changes the manifest; null: as it is.</param>
    public static async Task<CheckpointManifest> WriteAsync(
        ICheckpointStorage storage, Epoch epoch, long id, Func<CheckpointManifest, CheckpointManifest>? job = null)
    {
        StateSnapshot kafka = await PositionsAsync(storage, epoch, id, 0, [
            new SplitPosition("user-queries-10", 4_000, new EventTime(1_700_000_001_000)) { State = "Tx3vQpYbQ0mXkXl2sQnDzA"u8.ToArray() },
            new SplitPosition("user-queries-9", -1, EventTime.MinValue) { State = "Tx3vQpYbQ0mXkXl2sQnDzA"u8.ToArray() },
        ]);
        StateSnapshot files = await PositionsAsync(storage, epoch, id, 1, [
            new SplitPosition("2023/names-1.csv", long.MaxValue - 1, EventTime.MaxValue),
            new SplitPosition("2023/names-2.csv", 81, new EventTime(1_700_000_000_500)),
        ]);
        StateSnapshot keyed = await CountsAsync(storage, epoch, id);
        CheckpointManifest manifest = TestManifests.Of(epoch.Number, id, []) with
        {
            Vertices = [new ManifestVertex(Source, "Source: queries"), new ManifestVertex(TestManifests.Vertex, "Source: names → Đếm")],
            State = new JobSnapshot(
                new CheckpointId(id),
                keyGroups: 128,
                [
                    new(Source, [new TaskProgress(0, EventTime.MinValue, false)]),
                    new(
                        TestManifests.Vertex,
                        [new TaskProgress(0, new EventTime(1_700_000_000_500), false), new TaskProgress(1, EventTime.MaxValue, true)]),
                ],
                [
                    new OperatorSnapshot(new OperatorId(0x97), "queries", [kafka]),
                    new OperatorSnapshot(new OperatorId(0x98), "names", [files]),
                    new OperatorSnapshot(new OperatorId(0x99), Counting, [keyed]),
                ],
                [
                    new OperatorLedger(new OperatorId(0x97), Source, "queries")
                    {
                        PassesRows = true, RowsIn = 4_001, RowsOut = 4_000, DeadLettered = 1,
                    },
                    new OperatorLedger(new OperatorId(0x99), TestManifests.Vertex, Counting)
                    {
                        RowsIn = 4_000, RowsOut = 3, Late = 3, Absorbed = 3_997,
                    },
                ]),
        };
        manifest = job?.Invoke(manifest) ?? manifest;
        await storage.CommitAsync(manifest, CancellationToken.None);
        return manifest;
    }

    private static async Task<StateSnapshot> PositionsAsync(
        ICheckpointStorage storage, Epoch epoch, long id, int subtask, IReadOnlyList<SplitPosition> positions)
    {
        CodecWriter writer = new();
        foreach (SplitPosition position in positions)
        {
            Codec<SplitPosition>.Instance.Write(writer, position);
        }

        ChunkSink sink = Sink(storage, epoch, id, subtask);
        ChunkHandle chunk = await sink.WriteAsync(writer.Written.ToArray(), CancellationToken.None);
        await sink.CompleteAsync(CancellationToken.None);
        return new StateSnapshot("positions", StateKind.List, Codec<SplitPosition>.Instance.Schema, [new StateChunk(-1, positions.Count, chunk)]);
    }

    private static async Task<StateSnapshot> CountsAsync(ICheckpointStorage storage, Epoch epoch, long id)
    {
        ChunkSink sink = Sink(storage, epoch, id, 2);
        List<StateChunk> chunks = [];
        foreach (int group in new[] { 3, 64, 127 })
        {
            CodecWriter writer = new();
            for (int key = 0; key < 100; key++)
            {
                Codec<(string, long)>.Instance.Write(writer, ($"key {group} {key}", key));
            }

            chunks.Add(new StateChunk(group, 100, await sink.WriteAsync(writer.Written.ToArray(), CancellationToken.None)));
        }

        await sink.CompleteAsync(CancellationToken.None);
        return new StateSnapshot("count", StateKind.Keyed, Codec<(string, long)>.Instance.Schema, chunks);
    }

    private static ChunkSink Sink(ICheckpointStorage storage, Epoch epoch, long id, int subtask) =>
        new(storage.SegmentsOf(TestManifests.Job), TestManifests.Segment(epoch.Number, id, subtask), ReusableChunks.None);
}
