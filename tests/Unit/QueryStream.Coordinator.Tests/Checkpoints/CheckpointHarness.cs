using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;
using QueryStream.Testing.Files;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>A coordinator that takes checkpoints. The test plays the workers: each part that it acknowledges is one stored segment.</summary>
internal sealed class CheckpointHarness : IDisposable
{
    public const string Dir = "execution.checkpointing.dir";

    /// <summary>Restarts come after exact delays.</summary>
    public static readonly (string Setting, string Value) NoJitter = ("restart-strategy.exponential-delay.jitter-factor", "0");

    public CheckpointHarness(SimulatedFiles? files = null, CoordinatorOptions? options = null, IJobRegistry? registry = null) =>
        Base = new CoordinatorHarness(files: files, options: options, registry: registry);

    public CoordinatorHarness Base { get; }

    public TestStorage Storage => Base.Storage;

    /// <summary>What parts say of the rows of their operator.</summary>
    public OperatorLedger? Ledger { get; set; }

    public List<TriggerCheckpoint> Triggers => [.. Base.SentTo<TriggerCheckpoint>(0)];

    public List<CheckpointId> CompletedIds => [.. Base.SentTo<CheckpointCompleted>(1).Select(message => message.Checkpoint)];

    public List<CheckpointId> AbortedIds => [.. Base.SentTo<CheckpointAborted>(1).Select(message => message.Checkpoint)];

    public static CheckpointId Id(long number) => new(number);

    public static ExecutionOptions Options(params (string Setting, string Value)[] settings) => ExecutionOptions.Parse(
        settings.Prepend((Dir, TestStorage.StorageAddress)).GroupBy(setting => setting.Item1)
            .ToDictionary(setting => setting.Key, setting => setting.Last().Item2));

    public JobSubmission Submission(ExecutionOptions options) => new(Base.Reference, JobSettings.None, 2) { Options = options };

    /// <summary>Submits a job that takes checkpoints every 10 s, and runs its tasks.</summary>
    public Task<JobHandle> RunningAsync(params (string Setting, string Value)[] settings) => RunningAsync(Submission(Options(settings)));

    public async Task<JobHandle> RunningAsync(JobSubmission submission)
    {
        JobHandle job = await Base.SubmitAsync(submission);
        Run(job);
        return job;
    }

    /// <summary>Deploys an attempt and runs its tasks.</summary>
    public void Run(JobHandle job, int attempt = 0)
    {
        Base.Deployed(job, attempt);
        Base.ReportAll(job, ExecutionState.Running, attempt);
    }

    public void Advance(double seconds)
    {
        Base.Executor.Advance(TimeSpan.FromSeconds(seconds));
        Base.Executor.RunUntilIdle();
    }

    /// <summary>Acknowledges a part that is one new segment of one chunk.</summary>
    public void Acknowledge(
        TaskInfo task, long checkpoint, int attempt = 0, ChunkHandle? chunk = null, string address = "", long lastBarrier = 0, bool runs = true)
    {
        TaskSnapshot part = Part(task, checkpoint, chunk ?? Write(task, checkpoint, attempt, address)) with { LastBarrier = Id(lastBarrier) };
        Base.Coordinator.Receive(Base.Links[CoordinatorHarness.WorkerOf(task)], new CheckpointAcknowledged(part, new Attempt(attempt)));
        if (runs)
        {
            Base.Executor.RunUntilIdle();
        }
    }

    public void AcknowledgeAll(JobHandle job, long checkpoint, int attempt = 0, string address = "")
    {
        foreach (TaskInfo task in job.Tasks.Where(task => task.State == ExecutionState.Running))
        {
            Acknowledge(task, checkpoint, attempt, address: address);
        }
    }

    /// <summary>Runs until the next checkpoint is triggered, and completes it.</summary>
    public void CompleteNext(JobHandle job, int attempt = 0)
    {
        Advance(10);
        AcknowledgeAll(job, Triggers[^1].Checkpoint.Number, attempt);
    }

    public void Decline(TaskInfo task, long checkpoint, Exception cause) => Base.Tell(
        CoordinatorHarness.WorkerOf(task),
        new CheckpointDeclined(task.Task, default, new CheckpointId(checkpoint), new TaskFailure("Map", ErrorInfo.From(cause))));

    /// <summary>A task fails, and the others of the attempt are cancelled.</summary>
    public void FailAttempt(JobHandle job, int attempt = 0, Exception? cause = null)
    {
        Base.Report(job.Tasks[0], ExecutionState.Failed, cause ?? new FormatException("bad row"), attempt);
        Base.ReportAll(job, ExecutionState.Canceled, attempt);
    }

    public List<long> StoredIds(JobHandle job) => [.. Base.Files.Files
        .Where(file => file.StartsWith($"{TestStorage.Root}/{job.Id}/chk-", StringComparison.Ordinal))
        .Select(file => long.Parse(file.Split('/')[^2]["chk-".Length..], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The checkpoint of each stored segment.</summary>
    public List<long> StoredSegments(JobHandle job) =>
        [.. AtOnce(Storage.ListSegmentsAsync(job.Id, default)).Select(segment => segment.Checkpoint.Number).Order()];

    public void Dispose() => Base.Dispose();

    private ChunkHandle Write(TaskInfo task, long checkpoint, int attempt, string address)
    {
        ICheckpointStorage storage = address.Length == 0
            ? Storage
            : new DirectoryStorage(new Uri(address).LocalPath, Base.Files);
        SegmentName name = new(new Epoch(1), new CheckpointId(checkpoint), new Attempt(attempt), task.Task, 0);
        return AtOnce(WriteAsync(new ChunkSink(storage.SegmentsOf(task.Task.Job), name, ReusableChunks.None), BitConverter.GetBytes(checkpoint)));
    }

    private static async Task<ChunkHandle> WriteAsync(ChunkSink sink, byte[] content)
    {
        ChunkHandle chunk = await sink.WriteAsync(content, default);
        await sink.CompleteAsync(default);
        return chunk;
    }

    /// <summary>The result of a call to the storage, which is in memory and completes before it returns.</summary>
    private static T AtOnce<T>(Task<T> call)
    {
        T? result = default;
        Assert.True(KeepAsync().IsCompletedSuccessfully);
        return result!;

        async Task KeepAsync() => result = await call;
    }

    private TaskSnapshot Part(TaskInfo task, long checkpoint, ChunkHandle chunk) => new(
        task.Task,
        new CheckpointId(checkpoint),
        [new OperatorSnapshot(
            new OperatorId(task.Task.Vertex.Value),
            task.Name,
            [new StateSnapshot("s", StateKind.List, Codec<long>.Instance.Schema, [new StateChunk(-1, 1, chunk)])])])
    {
        KeyGroups = 128,
        Watermark = EventTime.MinValue,
        HasEnded = checkpoint == 0,
        Ledger = Ledger is null ? [] : [Ledger],
    };
}
