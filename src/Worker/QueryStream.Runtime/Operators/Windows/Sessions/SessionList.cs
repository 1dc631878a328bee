namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>The numbers of the sessions of one key, in order of time. A single one, the usual case, needs no list.</summary>
internal struct SessionList
{
    // Longer lists are left to the garbage collector.
    private const int MaxKeptCapacity = 16;

    private int _only;
    private List<int>? _several;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>A session by its place in the order.</summary>
    public readonly int this[int place] => _several is null ? _only : _several[place];

    /// <summary>Adds a session at a place in the order.</summary>
    /// <param name="place">The place.</param>
    /// <param name="session">Its number.</param>
    /// <param name="spare">Empty lists to take one from.</param>
    public void Insert(int place, int session, Stack<List<int>> spare)
    {
        if (Count == 0)
        {
            _only = session;
        }
        else
        {
            if (_several is null)
            {
                _several = spare.TryPop(out List<int>? list) ? list : new List<int>(4);
                _several.Add(_only);
            }

            _several.Insert(place, session);
        }

        Count++;
    }

    /// <summary>Removes the session at a place in the order.</summary>
    /// <param name="place">The place.</param>
    /// <param name="spare">Receives the list if it is no longer needed: keys with successive sessions often need one.</param>
    public void RemoveAt(int place, Stack<List<int>> spare)
    {
        Count--;
        if (_several is not null)
        {
            _several.RemoveAt(place);
            if (Count == 1)
            {
                _only = _several[0];
                if (_several.Capacity <= MaxKeptCapacity)
                {
                    _several.Clear();
                    spare.Push(_several);
                }

                _several = null;
            }
        }
    }
}
