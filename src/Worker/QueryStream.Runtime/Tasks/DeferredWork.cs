using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// What the operators of one task still have to do: work in portions, work that timers and answers from outside have brought, and who can take no more
/// input for now. Decides what the task does next. Used in turns of the task.
/// </summary>
internal sealed class DeferredWork
{
    private readonly List<IResumable> _unfinished = [];
    private readonly List<(IResumable Work, IStatefulOperator Owner)> _external = [];
    private readonly List<(int Place, IStatefulOperator Operator)> _full = [];
    private int _places;

    /// <summary>The snapshot that a barrier has begun; null between barriers.</summary>
    public SnapshotInProgress? Snapshot { get; set; }

    /// <summary>How many operators wait for something from outside before they can let the end pass.</summary>
    public int WaitingOperators { get; set; }

    /// <summary>Whether some operator can take no more for now, so that the task takes no input.</summary>
    public bool IsFull => _full.Count > 0;

    /// <summary>Whether some operator has more to do before the task may take input.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <summary>Whether some operator has something to do or to wait for before the task may finish.</summary>
    public bool HasAny => _unfinished.Count > 0 || _external.Count > 0 || WaitingOperators > 0;

    /// <summary>The place of the operator that is being made: lower than that of the operators that send rows to it, since they are made after it.</summary>
    public int NextPlace() => ++_places;

    /// <summary>Has an operator resumed before the task takes input again.</summary>
    public void Defer(IResumable unfinished) => _unfinished.Add(unfinished);

    /// <summary>
    /// Has an operator resumed for a timer of the clock or an answer from outside. From when the operator has handed on a barrier until the barrier
    /// has passed the whole task, this work waits: its rows belong behind the barrier, and another branch may still have rows from before it.
    /// </summary>
    public void DeferExternal(IResumable work, IStatefulOperator owner) => _external.Add((work, owner));

    /// <summary>Moves the next work that came from outside to the unfinished work.</summary>
    /// <returns>Whether there was one that need not wait for a barrier.</returns>
    public bool BeginExternal()
    {
        for (int i = 0; i < _external.Count; i++)
        {
            if (!IsBehindBarrier(_external[i].Owner))
            {
                _unfinished.Add(_external[i].Work);
                _external.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Says that an operator can take no more for now, or that it can again. While one is full the task takes no input, and resumes only operators that
    /// do not send rows to it.
    /// </summary>
    public void SetFull(IStatefulOperator full, int place, bool isFull)
    {
        if (isFull)
        {
            _full.Add((place, full));
        }
        else
        {
            _full.Remove((place, full));
        }
    }

    /// <summary>Lets one unfinished operator do about a batch of work: the one furthest downstream, so that its rows go on before there are more.</summary>
    /// <returns>Whether there was one that may.</returns>
    public bool ResumeOne()
    {
        int limit = HighestPlace();
        IResumable? next = null;
        foreach (IResumable one in _unfinished)
        {
            if (one.Place <= limit && (next is null || one.Place < next.Place))
            {
                next = one;
            }
        }

        if (next is null)
        {
            return false;
        }

        if (next.Resume())
        {
            _unfinished.Remove(next);
        }

        return true;
    }

    // A full operator holds up all that were made after it, though some may be on other branches. Behind a barrier it holds up none: what it waits for may
    // wait for the barrier, which may wait for one of them.
    private int HighestPlace()
    {
        int limit = int.MaxValue;
        foreach ((int place, IStatefulOperator full) in _full)
        {
            if (place < limit && !IsBehindBarrier(full))
            {
                limit = place;
            }
        }

        return limit;
    }

    private bool IsBehindBarrier(IStatefulOperator stateful) => Snapshot?.Has(stateful) ?? false;
}
