using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// The work that operators of one task must do before the task takes more input, and the operators that are full. Decides which operator is resumed
/// next. Used in turns of the task.
/// </summary>
/// <param name="attribution">Told which operator is resumed.</param>
internal sealed class DeferredWork(ExceptionAttribution attribution)
{
    private readonly List<IResumable> _unfinished = [];
    private readonly List<(IResumable Work, IStatefulOperator Owner)> _external = [];
    private readonly List<(int Place, IStatefulOperator Operator)> _full = [];
    private int _places;

    /// <summary>The snapshot that a barrier has begun; null between barriers.</summary>
    public SnapshotInProgress? Snapshot { get; set; }

    /// <summary>The number of operators that wait for external answers before they can forward the end of the input.</summary>
    public int WaitingOperators { get; set; }

    /// <summary>Whether an operator is full, so that the task takes no input.</summary>
    public bool IsFull => _full.Count > 0;

    /// <summary>Whether an operator has more to do before the task takes input.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <summary>Whether an operator has work, or waits for something, before the task may finish.</summary>
    public bool HasAny => _unfinished.Count > 0 || _external.Count > 0 || WaitingOperators > 0;

    /// <summary>
    /// The place of the operator that is being created. It is lower than the places of the operators that send rows to it, since those are created
    /// later.
    /// </summary>
    public int NextPlace() => ++_places;

    /// <summary>Resumes an operator before the task takes input again.</summary>
    public void Defer(IResumable unfinished) => _unfinished.Add(unfinished);

    /// <summary>
    /// Resumes an operator for a timer of the clock or an external answer. After the operator has forwarded a barrier, this work waits until the
    /// barrier has passed the whole task: its rows belong behind the barrier, and another branch may still have rows from before it.
    /// </summary>
    public void DeferExternal(IResumable work, IStatefulOperator owner) => _external.Add((work, owner));

    /// <summary>Moves the next external work to the unfinished work, unless it waits for a barrier.</summary>
    /// <returns>Whether there was such work.</returns>
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
    /// Sets whether an operator is full. While one is full, the task takes no input, and resumes only operators that do not send rows to it.
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

    /// <summary>
    /// Resumes one operator for about a batch of work: the one furthest downstream, so that rows leave the task before more are made.
    /// </summary>
    /// <returns>Whether there was an operator that may be resumed.</returns>
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

        IAttributable? caller = attribution.Enter(next.Operator);
        if (next.Resume())
        {
            _unfinished.Remove(next);
        }

        attribution.Leave(caller);
        return true;
    }

    // A full operator stops all operators that were created after it, although some may be on other branches. Behind a barrier it stops none: it may
    // wait for work that waits for the barrier, and the barrier may wait for one of those operators.
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
