namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>The sessions of one key by their numbers, in order of time. Mostly there is one, which then needs no list.</summary>
internal struct SessionList
{
    private int _only;
    private List<int>? _several;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>A session by its place in the order.</summary>
    public readonly int this[int place] => _several is null ? _only : _several[place];

    /// <summary>Adds a session at a place in the order.</summary>
    public void Insert(int place, int session)
    {
        if (Count == 0)
        {
            _only = session;
        }
        else
        {
            _several ??= [_only];
            _several.Insert(place, session);
        }

        Count++;
    }

    /// <summary>Removes the session at a place in the order.</summary>
    public void RemoveAt(int place)
    {
        Count--;
        if (_several is not null)
        {
            _several.RemoveAt(place);
            if (Count == 1)
            {
                _only = _several[0];
                _several = null;
            }
        }
    }
}
