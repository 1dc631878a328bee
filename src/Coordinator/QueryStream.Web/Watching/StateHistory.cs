using QueryStream.Wire.Control;

namespace QueryStream.Web.Watching;

/// <summary>A time in which the subtasks of a vertex together had a state.</summary>
/// <param name="State">The state.</param>
/// <param name="From">When it was seen first.</param>
/// <param name="To">When it was seen last.</param>
public sealed record StateSpan(ExecutionState State, DateTimeOffset From, DateTimeOffset To);

/// <summary>The last states of a vertex, as they were seen once a second. Used by one thread; what it hands out is a copy.</summary>
internal sealed class StateHistory
{
    private const int MaxSpans = 100;

    private readonly List<StateSpan> _spans = [];

    /// <summary>The vertex has a state now.</summary>
    public void Add(ExecutionState state, DateTimeOffset at)
    {
        if (_spans.Count > 0)
        {
            // Without gaps: the former state has lasted until about now.
            _spans[^1] = _spans[^1] with { To = at };
            if (_spans[^1].State == state)
            {
                return;
            }
        }

        if (_spans.Count == MaxSpans)
        {
            _spans.RemoveAt(0);
        }

        _spans.Add(new StateSpan(state, at, at));
    }

    /// <summary>The spans, the oldest first.</summary>
    public StateSpan[] ToArray() => [.. _spans];
}
