using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>A sink that remembers rows and their event times, of all subtasks together. Used by the test's thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class HarnessSink<T> : ISink<T>
{
    private readonly List<SinkContext> _writers = [];
    private readonly HashSet<SinkContext> _closed = [];
    private bool _isFull;

    /// <summary>What has arrived.</summary>
    public List<(T Row, EventTime Time)> Rows { get; } = [];

    /// <summary>What the writers do wrong, and what was done to them.</summary>
    public ConnectorLife Life { get; } = new();

    /// <summary>Whether the sink refuses more for now; what then is under way has to wait.</summary>
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

    /// <summary>Takes what has arrived since the last call.</summary>
    public List<T> Take()
    {
        List<T> rows = [.. Rows.Select(row => row.Row)];
        Rows.Clear();
        return rows;
    }

    /// <summary>Fails the task of one subtask as a writer's own thread would.</summary>
    public void Fail(int subtask, Exception exception) => _writers.First(writer => writer.Task.Subtask == subtask).Fail(exception);

    /// <inheritdoc/>
    public ISinkWriter<T> CreateWriter(SinkContext context)
    {
        _writers.RemoveAll(_closed.Remove);
        _writers.Add(context);
        Life.OnCreate();
        return new Writer(this, context);
    }

    private sealed class Writer(HarnessSink<T> sink, SinkContext context) : ISinkWriter<T>
    {
        public bool IsFull => sink._isFull;

        public bool IsFlushed => !sink._isFull;

        public Task OpenAsync(CancellationToken cancellationToken) => sink.Life.OnOpenAsync();

        public void Write(Batch<T> batch)
        {
            ConnectorLife.Throw(sink.Life.FailsToWork);
            batch.Detach();
            for (int i = 0; i < batch.Count; i++)
            {
                sink.Rows.Add((batch.Rows[i], batch.Times[i]));
            }

            context.Acknowledged(batch.Count);
        }

        public void Flush() => ConnectorLife.Throw(sink.Life.FailsToFlush);

        public ValueTask DisposeAsync()
        {
            sink._closed.Add(context);
            return sink.Life.OnCloseAsync();
        }
    }
}
