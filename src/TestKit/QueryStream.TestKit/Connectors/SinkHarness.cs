using System.Collections.Concurrent;
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
/// The writer of one subtask of a sink without a task around it: the test writes rows, and sees what the writer reports.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SinkHarness<T> : IServiceProvider, IAsyncDisposable
{
    private readonly Dictionary<Type, object> _services = [];
    private readonly ConcurrentQueue<Exception> _failures = new();
    private long _acknowledged;
    private long _wakes;

    /// <summary>Makes the writer of the sink that a job ends in; opens nothing.</summary>
    /// <param name="define">Puts a sink at the end of the stream.</param>
    /// <param name="task">Which task it is: job, subtask, attempt.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">What the worker's host registers.</param>
    public SinkHarness(Action<Stream<T>> define, SinkHarnessTask task, TimeProvider time, params object[] services)
    {
        foreach (object service in services)
        {
            foreach (Type type in service.GetType().GetInterfaces().Append(service.GetType()))
            {
                _services.TryAdd(type, service);
            }
        }

        StreamGraph graph = StreamBuilder.Build(new LambdaJob("sink harness", job => define(job.Source("rows", new HarnessSource<T>()))), JobSettings.None);
        SinkNode<T> node = graph.Nodes.OfType<SinkNode<T>>().Single();
        TaskId id = new(task.Job, new VertexId(1), task.Subtask);
        SinkContext context = new(
            id, new Attempt(task.Attempt), task.Parallelism, time, this, Logs, () => Interlocked.Increment(ref _wakes), _failures.Enqueue, rows => Interlocked.Add(ref _acknowledged, rows));
        Writer = node.Sink.CreateWriter(context);
    }

    /// <summary>The writer.</summary>
    public ISinkWriter<T> Writer { get; }

    /// <summary>What the writer logs.</summary>
    public LogCollector Logs { get; } = new();

    /// <summary>Rows that the writer has reported as acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>How often the writer has woken the task.</summary>
    public long Wakes => Interlocked.Read(ref _wakes);

    /// <summary>What the writer has failed the task with.</summary>
    public IReadOnlyCollection<Exception> Failures => _failures;

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

            Writer.Write(batch);
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

    /// <summary>Waits until all that was written is acknowledged.</summary>
    public Task FlushAsync(TimeSpan? limit = null)
    {
        Writer.Flush();
        return UntilAsync("the sink to be flushed", () => Writer.IsFlushed, limit);
    }

    /// <summary>Waits for a condition, and stops where the writer fails.</summary>
    public Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null) => Wait.UntilAsync(
        what,
        () => _failures.TryPeek(out Exception? failure) ? throw new InvalidOperationException("The writer failed.", failure) : condition(),
        limit,
        () => $"{Acknowledged} rows acknowledged");

    /// <inheritdoc/>
    public object? GetService(Type serviceType) => _services.GetValueOrDefault(serviceType);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Writer.DisposeAsync();
}
