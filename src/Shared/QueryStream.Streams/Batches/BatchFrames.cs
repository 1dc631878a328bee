namespace QueryStream.Streams.Batches;

/// <summary>The frames that the texts of a batch point into: usually one if the batch was decoded, else none.</summary>
internal struct BatchFrames
{
    private Frame[]? _frames;
    private int _count;

    /// <summary>The number of frames.</summary>
    public readonly int Count => _count;

    /// <summary>Adds a frame; takes over the caller's reference.</summary>
    public void Add(Frame frame)
    {
        _frames ??= new Frame[1];
        if (_count == _frames.Length)
        {
            Array.Resize(ref _frames, _count * 4);
        }

        _frames[_count++] = frame;
    }

    /// <summary>Adds the frames of another batch.</summary>
    public void AddAll(in BatchFrames other)
    {
        foreach (Frame frame in other._frames.AsSpan(0, other._count))
        {
            if (!_frames.AsSpan(0, _count).Contains(frame))
            {
                frame.Retain();
                Add(frame);
            }
        }
    }

    /// <summary>Makes the texts safe to keep.</summary>
    public readonly void Detach()
    {
        foreach (Frame frame in _frames.AsSpan(0, _count))
        {
            frame.Detach();
        }
    }

    /// <summary>Releases all frames.</summary>
    public void Release()
    {
        foreach (ref Frame frame in _frames.AsSpan(0, _count))
        {
            frame.Release();
            frame = null!;
        }

        _count = 0;
    }
}
