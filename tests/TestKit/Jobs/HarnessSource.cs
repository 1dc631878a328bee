using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>A source that brings what a test pushes, split by split. Used by the test's thread, which runs the tasks too.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class HarnessSource<T> : ISource<T>
{
    private readonly Queue<Element>[] _splits;
    private readonly List<SourceContext> _readers = [];
    private readonly HashSet<int> _ended = [];

    /// <summary>Creates a source with some splits.</summary>
    public HarnessSource(int splits = 1)
    {
        _splits = new Queue<Element>[splits];
        for (int i = 0; i < splits; i++)
        {
            _splits[i] = new Queue<Element>();
        }
    }

    /// <inheritdoc/>
    public bool IsBounded => false;

    /// <summary>Adds a row to a split.</summary>
    public void Push(T row, long time, int split = 0) => Add(split, new Element(row, new EventTime(time), ElementKind.Row));

    /// <summary>Proves that a split was read to its end at that time of the clock.</summary>
    public void ConfirmEnd(long clock, int split = 0) => Add(split, new Element(default!, new EventTime(clock), ElementKind.Confirmation));

    /// <summary>Ends a split for good.</summary>
    public void End(int split) => Add(split, new Element(default!, default, ElementKind.End));

    /// <summary>Ends all splits for good.</summary>
    public void EndAll()
    {
        for (int split = 0; split < _splits.Length; split++)
        {
            End(split);
        }
    }

    /// <inheritdoc/>
    public ISourceReader<T> CreateReader(SourceContext context)
    {
        _readers.Add(context);
        return new Reader(this, context);
    }

    private void Add(int split, Element element)
    {
        _splits[split].Enqueue(element);
        WakeAll();
    }

    private void WakeAll()
    {
        foreach (SourceContext reader in _readers)
        {
            reader.Wake();
        }
    }

    private enum ElementKind
    {
        Row,
        Confirmation,
        End,
    }

    private readonly record struct Element(T Row, EventTime Time, ElementKind Kind);

    private sealed class Reader(HarnessSource<T> source, SourceContext context) : ISourceReader<T>
    {
        private readonly List<int> _own =
            [.. Enumerable.Range(0, source._splits.Length).Where(split => split % context.Parallelism == context.Task.Subtask)];

        private long _offset;

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>([.. _own.Select(split => $"split-{split}")]);

        // One element of each split a poll, so that tests see the smallest steps.
        public SourcePoll Poll(SourceBatch<T> batch)
        {
            bool more = false;
            for (int i = 0; i < _own.Count && !batch.IsFull; i++)
            {
                if (source._splits[_own[i]].TryDequeue(out Element element))
                {
                    more = true;
                    Take(batch, i, element);
                }
            }

            // A reader without splits ends with the last of the others.
            bool hasEnded = _own.Count > 0 ? _own.All(source._ended.Contains) : source._ended.Count == source._splits.Length;
            return hasEnded ? SourcePoll.End : more ? SourcePoll.More : SourcePoll.Wait;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Take(SourceBatch<T> batch, int split, Element element)
        {
            switch (element.Kind)
            {
                case ElementKind.Row:
                    batch.BeginSplit(split);
                    if (!batch.TryAdd(element.Row, element.Time, _offset))
                    {
                        batch.AddDeadLetter(new DeadLetter("harness", _own[split], _offset, "time-out-of-range", "", null), refusedByTime: true);
                    }

                    _offset++;
                    break;
                case ElementKind.Confirmation:
                    batch.ConfirmEnd(split, element.Time);
                    break;
                default:
                    batch.EndSplit(split);
                    source._ended.Add(_own[split]);
                    source.WakeAll();
                    break;
            }
        }
    }
}
