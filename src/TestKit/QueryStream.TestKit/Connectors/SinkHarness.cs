using System.Buffers;
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
/// Runs the writer of one subtask of a sink without a task: the test writes rows, takes checkpoints, and reads what the writer reports.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SinkHarness<T> : IAsyncDisposable
{
    private readonly HarnessHost _host;
    private readonly SinkContext _context;
    private readonly List<Committable> _pending = [];
    private long _acknowledged;
    private long _wakes;
    private long _checkpoint;

    /// <summary>Creates the writer of the sink of a job. Does not open it.</summary>
    /// <param name="define">Adds the sink to a stream.</param>
    /// <param name="task">The identity of the task.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">The services of the worker's host.</param>
    public SinkHarness(Action<Stream<T>> define, SinkHarnessTask task, TimeProvider time, params object[] services)
    {
        _host = new HarnessHost(time, services, () => Interlocked.Increment(ref _wakes));
        StreamGraph graph = StreamBuilder.Build(
            new LambdaJob("sink harness", job => define(job.Source("rows", new HarnessSource<T>()))), JobSettings.None);
        SinkNode<T> node = graph.Nodes.OfType<SinkNode<T>>().Single();
        TaskId id = new(task.Job, new VertexId(1), task.Subtask);
        _context = new SinkContext(id, new Attempt(task.Attempt), task.Parallelism, _host, rows => Interlocked.Add(ref _acknowledged, rows));
        Writer = node.Sink.CreateWriter(_context);
    }

    /// <summary>The writer. Call it through the harness if a callback may run concurrently.</summary>
    public ISinkWriter<T> Writer { get; }

    /// <summary>The writer's log.</summary>
    public LogCollector Logs => _host.Logs;

    /// <summary>The number of rows that the writer has acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>The bytes that the writer has counted as written.</summary>
    public long BytesWritten => _host.Turn(() => _host.BytesWritten);

    /// <summary>How long the external system took for each write that the writer has recorded; empty: it records none.</summary>
    public IReadOnlyList<TimeSpan> Writes => _host.Turn(() => _host.Writes.ToArray());

    /// <summary>How often the task was woken.</summary>
    public long Wakes => Interlocked.Read(ref _wakes);

    /// <summary>The exceptions with which the writer has failed the task.</summary>
    public IReadOnlyCollection<Exception> Failures => _host.Failures;

    /// <summary>The problem of the external system that the writer shows; null: none.</summary>
    public string? Problem => _host.Problem;

    /// <summary>The prepared committables that are not committed, as a checkpoint would hold them now; oldest first.</summary>
    public IReadOnlyList<Committable> Pending => _pending;

    /// <summary>Whether the job takes checkpoints.</summary>
    public bool HasCheckpoints
    {
        get => _host.HasCheckpoints;
        set => _host.HasCheckpoints = value;
    }

    /// <summary>Whether a checkpoint was triggered whose barrier is behind rows that are still to be written.</summary>
    public bool IsBarrierComing
    {
        get => _host.IsBarrierComing;
        set => _host.IsBarrierComing = value;
    }

    /// <summary>The reasons of the checkpoints that the writer has asked for.</summary>
    public IReadOnlyList<string> CheckpointRequests => _host.Requests;

    /// <summary>The committables of the restored checkpoint. Set before the writer is opened.</summary>
    public IReadOnlyList<Committable> Restored
    {
        get => _context.Restored;
        set => _context.Restored = value;
    }

    /// <summary>Opens the writer.</summary>
    public Task OpenAsync() => Writer.OpenAsync(CancellationToken.None);

    /// <summary>Writes rows in full batches, even if the writer is full.</summary>
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

    /// <summary>Writes rows in full batches, and waits while the writer is full, as a task does.</summary>
    public async Task WriteWithBackpressureAsync(IEnumerable<T> rows)
    {
        foreach (T[] chunk in rows.Chunk(Batch.MaxRows))
        {
            await UntilAsync("room in the sink", () => !Writer.IsFull).ConfigureAwait(false);
            Write(chunk);
        }
    }

    /// <summary>Waits until all written rows are acknowledged. With a two-phase writer this takes the next checkpoint and completes it.</summary>
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

    /// <summary>Takes a checkpoint, as a barrier does: prepares the committable of a two-phase writer, flushes any other writer.</summary>
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

        ReadOnlySequence<byte>? prepared = null;
        Turn(() => writer.Prepare(new CheckpointId(checkpoint), state => prepared = state));
        await UntilAsync($"checkpoint {checkpoint} to be prepared", () => prepared is not null, limit).ConfigureAwait(false);
        _pending.Add(new Committable(_context.Task.Subtask, new CheckpointId(checkpoint), prepared!.Value));
    }

    /// <summary>Completes a checkpoint, and waits until a two-phase writer has committed its committables.</summary>
    /// <param name="checkpoint">Its number.</param>
    /// <param name="limit">Of real time; null: <see cref="TestKit.Wait.DefaultLimit"/>.</param>
    public async Task CommitAsync(long checkpoint, TimeSpan? limit = null)
    {
        if (Writer is ITwoPhaseSinkWriter<T> writer)
        {
            bool committed = false;
            Turn(() => writer.Commit(new CheckpointId(checkpoint), () => committed = true));
            await UntilAsync($"checkpoint {checkpoint} to be committed", () => committed, limit).ConfigureAwait(false);
            _pending.RemoveAll(committable => committable.Checkpoint.Number <= checkpoint);
        }
    }

    /// <summary>Aborts a checkpoint.</summary>
    /// <param name="checkpoint">Its number.</param>
    public void Abort(long checkpoint) => Turn(() => (Writer as ITwoPhaseSinkWriter<T>)?.Abort(new CheckpointId(checkpoint)));

    /// <summary>Waits for a condition, which is checked between turns. Throws if the writer fails the task.</summary>
    public Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null) => Wait.UntilAsync(
        what,
        () => Failures.Count > 0 ? throw new InvalidOperationException("The writer failed.", Failures.First()) : _host.Turn(condition),
        limit,
        () => $"{Acknowledged} rows acknowledged");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.CloseAsync().ConfigureAwait(false);
        await Writer.DisposeAsync().ConfigureAwait(false);
    }

    private void Turn(Action turn) => _host.Turn(() =>
    {
        turn();
        return true;
    });
}

/// <summary>The identity of the task of a harness.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Subtask">The subtask index, from 0.</param>
/// <param name="Parallelism">The number of subtasks.</param>
public readonly record struct SinkHarnessTask(JobId Job, int Attempt = 0, int Subtask = 0, int Parallelism = 1)
{
    /// <summary>The first attempt of a new job with a random id.</summary>
    public static SinkHarnessTask New() => new(new JobId(BitConverter.ToUInt128(Guid.NewGuid().ToByteArray())));
}
