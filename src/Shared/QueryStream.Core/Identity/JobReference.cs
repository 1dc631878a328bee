namespace QueryStream.Core.Identity;

/// <summary>Says which job to run, so that coordinator and workers each load it themselves: graphs and code never travel in messages.</summary>
/// <param name="Content">Where its code is: a content hash of its assembly, or whatever the cluster's loader understands.</param>
/// <param name="TypeName">The class of the job in it.</param>
public readonly record struct JobReference(string Content, string TypeName)
{
    /// <inheritdoc/>
    public override string ToString() => $"{TypeName} of {Content}";
}
