namespace QueryStream.Certificates;

/// <summary>What certificates to make.</summary>
/// <param name="Hosts">Names and IP addresses of the process, for programs that compare them; the cluster does not.</param>
/// <param name="Days">How long the certificate of the process is valid.</param>
public sealed record CertificateOrder(IReadOnlyList<string> Hosts, int Days)
{
    /// <summary>The longest life of a certificate: about that of a machine.</summary>
    public const int MaxDays = 7_300;

    /// <summary>
    /// Five years unless another number is asked for: nobody renews the certificates of a private cluster often, and one that has expired stops it.
    /// </summary>
    public const int DefaultDays = 1_825;
}

/// <summary>What certificates were made.</summary>
/// <param name="HasNewAuthority">Whether the authority is new, or was there before.</param>
/// <param name="ValidUntil">When the certificate of the process expires.</param>
public sealed record IssuedCertificates(bool HasNewAuthority, DateTimeOffset ValidUntil);
