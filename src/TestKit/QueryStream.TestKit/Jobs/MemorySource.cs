using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// A source of given rows, for jobs on several threads: split i of n holds every n-th row, starting with the i-th.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="rows">The rows. The event time of each is its index in milliseconds.</param>
/// <param name="splits">The number of splits.</param>
public sealed class MemorySource<T>(IReadOnlyList<T> rows, int splits = 4) : ISource<T>
{
    private int _opened;
    private int _closed;

    /// <summary>Whether the source ends after its rows; if not, it waits forever.</summary>
    public bool IsBounded { get; init; } = true;

    /// <summary>Called when a subtask opens, for example to throw or to wait.</summary>
    public Func<int, CancellationToken, Task> OnOpen { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called for each row before it is emitted, on the task's thread.</summary>
    public Action<T> OnRow { get; init; } = static _ => { };

    /// <summary>The number of subtasks that have opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>The number of closed subtasks, including those that failed to open.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <inheritdoc/>
    public ISourceReader<T> CreateReader(SourceContext context) => new Reader(this, context);

    private IReadOnlyList<T> Rows => rows;

    private int Splits => splits;

    private sealed class Reader(MemorySource<T> source, SourceContext context) : ISourceReader<T>
    {
        private readonly int[] _own = [.. Enumerable.Range(0, source.Splits).Where(split => split % context.Parallelism == context.Task.Subtask)];
        private readonly int[] _next = new int[source.Splits];
        private int _current;

        public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            await source.OnOpen(context.Task.Subtask, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref source._opened);
            for (int i = 0; i < _own.Length; i++)
            {
                _next[i] = context.Restored.TryGetValue(NameOf(_own[i]), out long offset) ? (int)offset + source.Splits : _own[i];
            }

            return [.. _own.Select(NameOf)];
        }

        public SourcePoll Poll(SourceBatch<T> batch)
        {
            while (_current < _own.Length)
            {
                batch.BeginSplit(_current);
                ref int row = ref _next[_current];
                for (; row < source.Rows.Count; row += source.Splits)
                {
                    if (batch.IsFull)
                    {
                        return SourcePoll.More;
                    }

                    source.OnRow(source.Rows[row]);
                    batch.TryAdd(source.Rows[row], new EventTime(row), row);
                }

                if (source.IsBounded)
                {
                    batch.EndSplit(_current);
                }

                _current++;
                if (_current < _own.Length)
                {
                    return SourcePoll.More;
                }
            }

            return source.IsBounded ? SourcePoll.End : SourcePoll.Wait;
        }

        private static string NameOf(int split) => $"split-{split}";

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref source._closed);
            return ValueTask.CompletedTask;
        }
    }
}
