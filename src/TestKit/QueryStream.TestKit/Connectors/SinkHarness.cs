using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;

namespace QueryStream.TestKit.Connectors;

/// <summary>
/// The writer of one subtask of a sink without a task around it: the test writes rows, takes checkpoints, and sees what the writer reports.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SinkHarness<T> : IAsyncDisposable
{
    private readonly HarnessHost _host;
    private readonly SinkContext _context;
    private readonly List<PendingEpoch> _pending = [];
    private long _acknowledged;
    private long _wakes;
    private long _checkpoint;

    /// <summary>Makes the writer of the sink that a job ends in; opens nothing.</summary>
    /// <param name="define">Puts a sink at the end of the stream.</param>
    /// <param name="task">Which task it is: job, subtask, attempt.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">What the worker's host registers.</param>
    public SinkHarness(Action<Stream<T>> define, SinkHarnessTask task, TimeProvider time, params object[] services)
    {
        _host = new HarnessHost(time, services, () => Interlocked.Increment(ref _wakes));
        StreamGraph graph = StreamBuilder.Build(new LambdaJob("sink harness", job => define(job.Source("rows", new HarnessSource<T>()))), JobSettings.None);
        SinkNode<T> node = graph.Nodes.OfType<SinkNode<T>>().Single();
        TaskId id = new(task.Job, new VertexId(1), task.Subtask);
        _context = new SinkContext(id, new Attempt(task.Attempt), task.Parallelism, _host, rows => Interlocked.Add(ref _acknowledged, rows));
        Writer = node.Sink.CreateWriter(_context);
    }

    /// <summary>The writer. Call it through the harness where a turn may run at the same time.</summary>
    public ISinkWriter<T> Writer { get; }

    /// <summary>What the writer logs.</summary>
    public LogCollector Logs => _host.Logs;

    /// <summary>Rows that the writer has reported as acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>How often the writer has woken the task.</summary>
    public long Wakes => Interlocked.Read(ref _wakes);

    /// <summary>What the writer has failed the task with.</summary>
    public IReadOnlyCollection<Exception> Failures => _host.Failures;

    /// <summary>What the writer shows as wrong with the external system; null: nothing.</summary>
    public string? Problem => _host.Problem;

    /// <summary>The epochs that a checkpoint holds now: prepared and not committed, oldest first.</summary>
    public IReadOnlyList<PendingEpoch> Pending => _pending;

    /// <summary>The epochs of a restored checkpoint. Set before the writer is opened.</summary>
    public IReadOnlyList<PendingEpoch> Restored
    {
        get => _context.Restored;
        set => _context.Restored = value;
    }

    /// <summary>Opens the writer.</summary>
    public Task OpenAsync() => Writer.OpenAsync(CancellationToken.None);

    /// <summary>Writes rows, in batches as large as they come.</summary>
    public void Write(params IEnumerable<T> rows)
    {
        foreach (T[] chunk in rows.Chunk(Batch.MaxRows))
        {
            Batch<T> batch = Batch<T>.Rent();
            foreach (T row in chunk)
            {
                batch.Add(row, new EventTime(0));
            }

            Turn(() => Writer.Write(batch));
            batch.Release();
        }
    }

    /// <summary>Writes rows, and waits while the writer is full, as a task does.</summary>
    public async Task WriteWithRoomAsync(IEnumerable<T> rows)
    {
        foreach (T[] chunk in rows.Chunk(Batch.MaxRows))
        {
            await UntilAsync("room in the sink", () => !Writer.IsFull).ConfigureAwait(false);
            Write(chunk);
        }
    }

    /// <summary>Waits until all that was written is acknowledged. With a two-phase writer this takes the next checkpoint and completes it.</summary>
    public async Task FlushAsync(TimeSpan? limit = null)
    {
        Turn(Writer.Flush);
        if (Writer is ITwoPhaseSinkWriter<T>)
        {
            await PrepareAsync(_checkpoint + 1, limit).ConfigureAwait(false);
            await CommitAsync(_checkpoint, limit).ConfigureAwait(false);
        }

        await UntilAsync("the sink to be flushed", () => Writer.IsFlushed, limit).ConfigureAwait(false);
    }

    /// <summary>Takes a checkpoint, as a barrier does: prepares a two-phase writer's epoch, flushes every other writer.</summary>
    /// <param name="checkpoint">Its number, which rises.</param>
    /// <param name="limit">Of real time; null: <see cref="TestKit.Wait.DefaultLimit"/>.</param>
    public async Task PrepareAsync(long checkpoint, TimeSpan? limit = null)
    {
        _checkpoint = checkpoint;
        if (Writer is not ITwoPhaseSinkWriter<T> writer)
        {
            await FlushAsync(limit).ConfigureAwait(false);
            return;
        }

        ReadOnlyMemory<byte>? prepared = null;
        Turn(() => writer.Prepare(new CheckpointId(checkpoint), state => prepared = state));
        await UntilAsync($"checkpoint {checkpoint} to be prepared", () => prepared is not null, limit).ConfigureAwait(false);
        _pending.Add(new PendingEpoch(_context.Task.Subtask, new CheckpointId(checkpoint), prepared!.Value));
    }

    /// <summary>Completes a checkpoint, and waits until a two-phase writer has committed its epochs.</summary>
    /// <param name="checkpoint">Its number.</param>
    /// <param name="limit">Of real time; null: <see cref="TestKit.Wait.DefaultLimit"/>.</param>
    public async Task CommitAsync(long checkpoint, TimeSpan? limit = null)
    {
        if (Writer is ITwoPhaseSinkWriter<T> writer)
        {
            bool committed = false;
            Turn(() => writer.Commit(new CheckpointId(checkpoint), () => committed = true));
            await UntilAsync($"checkpoint {checkpoint} to be committed", () => committed, limit).ConfigureAwait(false);
            _pending.RemoveAll(epoch => epoch.Checkpoint.Number <= checkpoint);
        }
    }

    /// <summary>Gives up a checkpoint.</summary>
    /// <param name="checkpoint">Its number.</param>
    public void Abort(long checkpoint) => Turn(() => (Writer as ITwoPhaseSinkWriter<T>)?.Abort(new CheckpointId(checkpoint)));

    /// <summary>Waits for a condition, which is asked between turns, and stops where the writer fails.</summary>
    public Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null) => Wait.UntilAsync(
        what,
        () => Failures.Count > 0 ? throw new InvalidOperationException("The writer failed.", Failures.First()) : _host.Turn(condition),
        limit,
        () => $"{Acknowledged} rows acknowledged");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host.Close();
        return Writer.DisposeAsync();
    }

    private void Turn(Action turn) => _host.Turn(() =>
    {
        turn();
        return true;
    });
}

/// <summary>Which task a harness stands for.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Subtask">Which subtask.</param>
/// <param name="Parallelism">Of how many.</param>
public readonly record struct SinkHarnessTask(JobId Job, int Attempt = 0, int Subtask = 0, int Parallelism = 1)
{
    /// <summary>The first attempt of a job that nobody has seen before.</summary>
    public static SinkHarnessTask New() => new(new JobId(BitConverter.ToUInt128(Guid.NewGuid().ToByteArray())));
}
