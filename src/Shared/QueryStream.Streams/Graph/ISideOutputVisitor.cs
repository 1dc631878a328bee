namespace QueryStream.Streams.Graph;

/// <summary>Meets side outputs with their row types.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
public interface ISideOutputVisitor<out TResult>
{
    /// <summary>A side output.</summary>
    TResult Visit<T>(SideNodeOutput<T> output);
}
