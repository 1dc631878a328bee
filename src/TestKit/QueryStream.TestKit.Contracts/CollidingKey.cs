namespace QueryStream.TestKit.Contracts;

/// <summary>A key that has few hashes.</summary>
/// <param name="Number">Keys of one remainder by <see cref="Hashes"/> share a hash.</param>
public readonly record struct CollidingKey(int Number)
{
    /// <summary>How many hashes there are.</summary>
    public const int Hashes = 7;
}
