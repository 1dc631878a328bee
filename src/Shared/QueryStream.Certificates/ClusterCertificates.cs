using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Certificates;

/// <summary>
/// The certificates by which a process of a cluster shows that it belongs to it, and by which it judges others. Whoever the cluster's own authority
/// has signed belongs to the cluster; the authorities that the machine trusts do not count. Safe on any thread.
/// </summary>
public sealed class ClusterCertificates : IDisposable
{
    private const int MaxSubject = 100;
    private const int FingerprintDigits = 16;

    private readonly X509Certificate2Collection _authorities;
    private readonly TimeProvider _time;

    private ClusterCertificates(X509Certificate2? own, X509Certificate2Collection authorities, TimeProvider time)
    {
        Own = own;
        _authorities = authorities;
        _time = time;
    }

    /// <summary>This process's certificate, with its private key; null: it is a client that has none.</summary>
    public X509Certificate2? Own { get; }

    /// <summary>When it expires; never, where there is none.</summary>
    public DateTimeOffset ValidUntil => Own?.NotAfter.ToUniversalTime() ?? DateTimeOffset.MaxValue;

    /// <summary>The use as a server, of which a process is one to others.</summary>
    internal static Oid ServerUse => new("1.3.6.1.5.5.7.3.1");

    /// <summary>The use as a client.</summary>
    internal static Oid ClientUse => new("1.3.6.1.5.5.7.3.2");

    /// <summary>Reads the certificates of a process, and judges its own as others will.</summary>
    /// <exception cref="CertificateException">A file is missing or damaged, or other processes would refuse this one.</exception>
    public static ClusterCertificates Load(CertificateFiles files, TimeProvider time) =>
        Load(files, CertificateReader.ReadAll(files.Authority), time);

    /// <summary>Reads what a client of the cluster needs: the authority, and a certificate of its own if there is one.</summary>
    /// <exception cref="CertificateException">A file is missing or damaged, or the processes would refuse the certificate.</exception>
    public static ClusterCertificates LoadForClient(CertificateFiles files, TimeProvider time)
    {
        X509Certificate2Collection authorities = CertificateReader.ReadAll(files.Authority);
        return File.Exists(files.Node) || File.Exists(files.NodeKey)
            ? Load(files, authorities, time)
            : new ClusterCertificates(own: null, authorities, time);
    }

    private static ClusterCertificates Load(CertificateFiles files, X509Certificate2Collection authorities, TimeProvider time)
    {
        ClusterCertificates certificates = new(CertificateReader.ReadWithKey(files.Node, files.NodeKey), authorities, time);
        if (certificates.ReasonToRefuse(certificates.Own) is not string reason)
        {
            return certificates;
        }

        certificates.Dispose();
        throw new CertificateException(
            $"The certificate in {files.Node} is not usable, since other processes of the cluster would refuse it: {reason}.");
    }

    /// <summary>Whether others than the owner may read a file with a private key.</summary>
    public static bool IsReadableByOthers(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>Why a process that shows this certificate does not belong to the cluster; null: it does.</summary>
    /// <param name="shown">The certificate; null: it shows none.</param>
    public string? ReasonToRefuse(X509Certificate2? shown)
    {
        if (shown is null)
        {
            return "it shows no certificate";
        }

        using X509Chain chain = new() { ChainPolicy = CreatePolicy() };
        if (chain.Build(shown))
        {
            return null;
        }

        // A time that is over is told first only where it is all that is wrong: the dates of a stranger say nothing.
        X509ChainStatusFlags problems = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        string name = NameOf(shown);
        return problems switch
        {
            X509ChainStatusFlags.NotTimeValid when shown.NotAfter.ToUniversalTime() < _time.GetUtcNow() =>
                $"{name} has expired ({shown.NotAfter.ToUniversalTime():u})",
            X509ChainStatusFlags.NotTimeValid when shown.NotBefore.ToUniversalTime() > _time.GetUtcNow() =>
                $"{name} is valid only from {shown.NotBefore.ToUniversalTime():u} on; clocks may differ",
            X509ChainStatusFlags.NotTimeValid => $"the authority of {name} has expired",
            X509ChainStatusFlags.NotValidForUsage => $"{name} is not for both servers and clients",
            _ => $"{name} is not signed by the cluster's authority",
        };
    }

    /// <summary>The rules by which a certificate is judged. Each connection needs its own.</summary>
    public X509ChainPolicy CreatePolicy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // The authority is the cluster's own, and publishes no list of revoked certificates.
            RevocationMode = X509RevocationMode.NoCheck,

            // A stranger's certificate could name an address to ask.
            DisableCertificateDownloads = true,
            VerificationTime = _time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(_authorities);

        // Of two processes, either may be the one that connects.
        policy.ApplicationPolicy.Add(ServerUse);
        policy.ApplicationPolicy.Add(ClientUse);
        return policy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Own?.Dispose();
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }

    // A stranger has chosen the name: it is cut, and cannot begin a line of a log.
    private static string NameOf(X509Certificate2 certificate)
    {
        string subject = certificate.Subject.Length <= MaxSubject ? certificate.Subject : $"{certificate.Subject.AsSpan(0, MaxSubject)}...";
        string safe = string.Concat(subject.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return $"the certificate '{safe}' (SHA-256 {certificate.GetCertHashString(HashAlgorithmName.SHA256).AsSpan(0, FingerprintDigits)}...)";
    }
}
