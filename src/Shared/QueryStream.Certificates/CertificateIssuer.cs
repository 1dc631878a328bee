using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace QueryStream.Certificates;

/// <summary>Makes the certificates of a cluster: an authority, unless there is one, and a certificate of a process that it signs.</summary>
/// <param name="files">Where they are written. Nothing that is there is replaced.</param>
/// <param name="time">The clock.</param>
public sealed class CertificateIssuer(CertificateFiles files, TimeProvider time)
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int AuthorityDays = CertificateOrder.MaxDays;
    private const int SerialBytes = 16;

    // Clocks of machines differ.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly List<string> _written = [];

    /// <summary>Makes and writes them: all of them, or none.</summary>
    /// <exception cref="CertificateException">
    /// There are certificates already, the authority is not usable, or the files cannot be written.
    /// </exception>
    public IssuedCertificates Issue(CertificateOrder order)
    {
        IssuedCertificates? issued = null;
        try
        {
            Directory.CreateDirectory(files.Directory);
            bool isNew = RequireRoom();
            using X509Certificate2 authority = isNew ? CreateAuthority() : ReadAuthority();
            issued = new IssuedCertificates(isNew, IssueNode(authority, order));
            return issued;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"The certificates cannot be written to {files.Directory}: {e.Message}");
        }
        finally
        {
            if (issued is null)
            {
                _written.ForEach(File.Delete);
            }
        }
    }

    // Whether an authority is to be made too.
    private bool RequireRoom()
    {
        foreach (string file in (string[])[files.Node, files.NodeKey])
        {
            if (File.Exists(file))
            {
                throw new CertificateException(
                    $"{file} exists already and is not replaced. For new ones of the same cluster, move node.crt and node.key away; "
                    + "for those of another cluster, choose another directory.");
            }
        }

        bool hasAuthority = File.Exists(files.Authority);
        if (hasAuthority != File.Exists(files.AuthorityKey))
        {
            (string there, string missing) = hasAuthority ? (files.Authority, files.AuthorityKey) : (files.AuthorityKey, files.Authority);
            throw new CertificateException(
                $"{there} exists, and {missing} does not: both are needed to sign a certificate. Add it, or choose another directory.");
        }

        return !hasAuthority;
    }

    private X509Certificate2 CreateAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // Authorities of two clusters are told apart by their names in error messages.
        string name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        CertificateRequest request = new($"CN=QueryStream cluster authority {name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = time.GetUtcNow();
        X509Certificate2 authority = request.CreateSelfSigned(now - Backdated, now.AddDays(AuthorityDays));
        Write(files.AuthorityKey, key.ExportPkcs8PrivateKeyPem(), Secret);
        Write(files.Authority, authority.ExportCertificatePem(), Public);
        return authority;
    }

    private X509Certificate2 ReadAuthority()
    {
        X509Certificate2 authority = CertificateReader.ReadWithKey(files.Authority, files.AuthorityKey);
        if (authority.NotAfter.ToUniversalTime() <= time.GetUtcNow())
        {
            throw new CertificateException(
                $"The authority in {files.Authority} has expired ({authority.NotAfter.ToUniversalTime():u}): make a new one in another directory.");
        }

        return authority;
    }

    private DateTimeOffset IssueNode(X509Certificate2 authority, CertificateOrder order)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=QueryStream process", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([ClusterCertificates.ServerUse, ClusterCertificates.ClientUse], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(NamesOf(order));

        // A certificate lives within the life of who signs it.
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset from = Max(now - Backdated, authority.NotBefore.ToUniversalTime());
        DateTimeOffset until = Min(now.AddDays(order.Days), authority.NotAfter.ToUniversalTime());
        using X509Certificate2 node = request.Create(authority, from, until, NewSerial());

        // The certificate is the last file: where it is, all are.
        Write(files.NodeKey, key.ExportPkcs8PrivateKeyPem(), Secret);
        Write(files.Node, node.ExportCertificatePem(), Public);
        return until;
    }

    private static X509Extension NamesOf(CertificateOrder order)
    {
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in order.Hosts.Prepend("localhost").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(host, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        names.AddIpAddress(IPAddress.Loopback);
        return names.Build();
    }

    // Positive, and in its shortest form.
    private static byte[] NewSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }

    private void Write(string path, string pem, UnixFileMode mode)
    {
        // Never readable by others, not even for a moment, and never over a file that somebody has put there in between.
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using FileStream file = new(path, options);
        _written.Add(path);
        file.Write(Encoding.ASCII.GetBytes(pem + "\n"));
        file.Flush(flushToDisk: true);
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
