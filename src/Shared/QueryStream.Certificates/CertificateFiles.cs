namespace QueryStream.Certificates;

/// <summary>The files of a cluster's certificates in a directory, all in PEM.</summary>
/// <param name="Directory">The directory.</param>
public sealed record CertificateFiles(string Directory)
{
    /// <summary>
    /// The certificate of the authority: whom it has signed belongs to the cluster. The file may hold several, while one takes over from another.
    /// </summary>
    public string Authority => Path.Combine(Directory, "ca.crt");

    /// <summary>The authority's private key. No process of the cluster needs it.</summary>
    public string AuthorityKey => Path.Combine(Directory, "ca.key");

    /// <summary>The certificate of a process.</summary>
    public string Node => Path.Combine(Directory, "node.crt");

    /// <summary>The private key of a process.</summary>
    public string NodeKey => Path.Combine(Directory, "node.key");
}
