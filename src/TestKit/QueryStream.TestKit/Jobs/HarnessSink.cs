using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>A sink that collects the rows of all subtasks with their event times. Used by the test's thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class HarnessSink<T> : ISink<T>
{
    private readonly List<SinkContext> _writers = [];
    private readonly HashSet<SinkContext> _closed = [];
    private bool _isFull;

    /// <summary>The rows so far.</summary>
    public List<(T Row, EventTime Time)> Rows { get; } = [];

    /// <summary>Fault injection and call counts of the writers.</summary>
    public ConnectorLifecycle Lifecycle { get; } = new();

    /// <summary>Whether the sink is full, so that rows in flight must wait.</summary>
    public bool IsFull
    {
        get => _isFull;
        set
        {
            _isFull = value;
            foreach (SinkContext writer in _writers)
            {
                writer.Wake();
            }
        }
    }

    /// <summary>Returns and removes the rows that arrived since the last call.</summary>
    public List<T> Take()
    {
        List<T> rows = [.. Rows.Select(row => row.Row)];
        Rows.Clear();
        return rows;
    }

    /// <summary>Fails the task of one subtask, as a writer's background thread would.</summary>
    public void Fail(int subtask, Exception exception) => _writers.First(writer => writer.Task.Subtask == subtask).Fail(exception);

    /// <inheritdoc/>
    public ISinkWriter<T> CreateWriter(SinkContext context)
    {
        _writers.RemoveAll(_closed.Remove);
        _writers.Add(context);
        Lifecycle.OnCreate();
        return new Writer(this, context);
    }

    private sealed class Writer(HarnessSink<T> sink, SinkContext context) : ISinkWriter<T>
    {
        public bool IsFull => sink._isFull;

        public bool IsFlushed => !sink._isFull;

        public Task OpenAsync(CancellationToken cancellationToken) => sink.Lifecycle.OnOpenAsync();

        public void Write(Batch<T> batch)
        {
            ConnectorLifecycle.Throw(sink.Lifecycle.WorkFailure);
            batch.Detach();
            for (int i = 0; i < batch.Count; i++)
            {
                sink.Rows.Add((batch.Rows[i], batch.Times[i]));
            }

            context.Acknowledged(batch.Count);
        }

        public void Flush() => ConnectorLifecycle.Throw(sink.Lifecycle.FlushFailure);

        public ValueTask DisposeAsync()
        {
            sink._closed.Add(context);
            return sink.Lifecycle.OnCloseAsync();
        }
    }
}
