using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Memory;

/// <summary>Emits the rows of the numbers 0 to n - 1, repeatedly.</summary>
internal sealed class NumberedSource<T>(int values, int times, Func<int, T> row) : ISource<T>
{
    public bool IsBounded => true;

    public ISourceReader<T> CreateReader(SourceContext context) => new Reader(values, times, row);

    private sealed class Reader(int values, int times, Func<int, T> row) : ISourceReader<T>
    {
        private long _next;

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["numbers"]);

        public SourcePoll Poll(SourceBatch<T> batch)
        {
            batch.BeginSplit(0);
            for (; !batch.IsFull && _next < (long)values * times; _next++)
            {
                batch.TryAdd(row((int)(_next % values)), new EventTime(_next), _next);
            }

            if (batch.IsFull)
            {
                return SourcePoll.More;
            }

            batch.EndSplit(0);
            return SourcePoll.End;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
