using System.Diagnostics;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.LargeState;

/// <summary>Emits each key once, as fast as it can, and then the keys again and again at a fixed rate.</summary>
/// <param name="keys">How many keys.</param>
/// <param name="rowsPerSecond">The rate after the first round.</param>
internal sealed class KeySource(int keys, int rowsPerSecond) : ISource<long>
{
    // A prime, so that neighbours in time are no neighbours in the table.
    private const long Stride = 7_919;

    public bool IsBounded => false;

    public ISourceReader<long> CreateReader(SourceContext context) => new Reader(keys, rowsPerSecond, context);

    private sealed class Reader(int keys, int rowsPerSecond, SourceContext context) : ISourceReader<long>
    {
        private const string Split = "keys";

        private long _next;
        private long _pacedFrom;
        private long _pacedSince;
        private Timer? _timer;

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            if (context.Task.Subtask > 0)
            {
                return Task.FromResult<IReadOnlyList<string>>([]);
            }

            _next = context.Restored.TryGetValue(Split, out long offset) ? offset + 1 : 0;
            _timer = new Timer(_ => context.Wake(), null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
            return Task.FromResult<IReadOnlyList<string>>([Split]);
        }

        public SourcePoll Poll(SourceBatch<long> batch)
        {
            if (_timer is null)
            {
                return SourcePoll.Wait;
            }

            long limit = Limit();
            batch.BeginSplit(0);
            for (; !batch.IsFull && _next < limit; _next++)
            {
                batch.TryAdd(_next * Stride % keys, new EventTime(_next), _next);
            }

            return _next < limit ? SourcePoll.More : SourcePoll.Wait;
        }

        public async ValueTask DisposeAsync()
        {
            if (_timer is not null)
            {
                await _timer.DisposeAsync();
            }
        }

        private long Limit()
        {
            if (_next < keys)
            {
                return keys;
            }

            if (_pacedSince == 0)
            {
                (_pacedFrom, _pacedSince) = (_next, Stopwatch.GetTimestamp());
            }

            return _pacedFrom + (long)(Stopwatch.GetElapsedTime(_pacedSince).TotalSeconds * rowsPerSecond);
        }
    }
}
