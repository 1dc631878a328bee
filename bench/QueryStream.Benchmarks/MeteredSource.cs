using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Benchmarks;

/// <summary>Emits a granted number of rows, one per millisecond of event time, without allocating.</summary>
internal sealed class MeteredSource : ISource<Event>
{
    /// <summary>The number of different keys.</summary>
    public const int Keys = 1_000;

    private SourceContext? _context;
    private long _granted;
    private long _next;

    public bool IsBounded => false;

    public ISourceReader<Event> CreateReader(SourceContext context)
    {
        _context = context.Task.Subtask == 0 ? context : _context;
        return new Reader(this, context.Task.Subtask);
    }

    /// <summary>Grants more rows.</summary>
    public void Grant(int rows)
    {
        _granted += rows;
        _context!.Wake();
    }

    private sealed class Reader(MeteredSource source, int subtask) : ISourceReader<Event>
    {
        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>(subtask == 0 ? ["rows"] : []);

        public SourcePoll Poll(SourceBatch<Event> batch)
        {
            if (subtask != 0 || source._next == source._granted)
            {
                return SourcePoll.Wait;
            }

            batch.BeginSplit(0);
            for (; !batch.IsFull && source._next < source._granted; source._next++)
            {
                // Multiplied by a prime, so that the keys are not in order.
                batch.TryAdd(new Event((int)(source._next * 7_919 % Keys), source._next), new EventTime(source._next), source._next);
            }

            return SourcePoll.More;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
