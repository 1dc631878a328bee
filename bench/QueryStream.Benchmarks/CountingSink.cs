using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Benchmarks;

/// <summary>Counts rows and forgets them.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class CountingSink<T> : ISink<T>
{
    /// <summary>The rows so far.</summary>
    public long Rows { get; private set; }

    public ISinkWriter<T> CreateWriter(SinkContext context) => new Writer(this, context);

    private sealed class Writer(CountingSink<T> sink, SinkContext context) : ISinkWriter<T>
    {
        public bool IsFull => false;

        public bool IsFlushed => true;

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Write(Batch<T> batch)
        {
            sink.Rows += batch.Count;
            context.Acknowledged(batch.Count);
        }

        public void Flush()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
