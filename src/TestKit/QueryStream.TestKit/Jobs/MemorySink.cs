using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>A sink that collects rows, for jobs on several threads. Thread-safe.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class MemorySink<T> : ISink<T>
{
    // Guards the rows, to which the writers of all subtasks add.
    private readonly Lock _lock = new();
    private readonly List<T> _rows = [];
    private int _closed;

    /// <summary>Called when a subtask opens, for example to throw or to wait.</summary>
    public Func<int, CancellationToken, Task> OnOpen { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called for each row before it is added, on the task's thread.</summary>
    public Action<T> OnRow { get; init; } = static _ => { };

    /// <summary>The number of closed subtasks.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>A copy of the rows so far.</summary>
    public IReadOnlyList<T> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows];
            }
        }
    }

    /// <inheritdoc/>
    public ISinkWriter<T> CreateWriter(SinkContext context) => new Writer(this, context);

    private sealed class Writer(MemorySink<T> sink, SinkContext context) : ISinkWriter<T>
    {
        public bool IsFull => false;

        public bool IsFlushed => true;

        public Task OpenAsync(CancellationToken cancellationToken) => sink.OnOpen(context.Task.Subtask, cancellationToken);

        public void Write(Batch<T> batch)
        {
            batch.Detach();
            for (context.Row = 0; context.Row < batch.Count; context.Row++)
            {
                sink.OnRow(batch.Rows[context.Row]);
            }

            lock (sink._lock)
            {
                sink._rows.AddRange(batch.Rows);
            }

            context.Acknowledged(batch.Count);
        }

        public void Flush()
        {
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref sink._closed);
            return ValueTask.CompletedTask;
        }
    }
}
