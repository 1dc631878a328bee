namespace QueryStream.Certificates.Tests;

/// <summary>Folders for certificates, which end with the test.</summary>
public abstract class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-certificates-");

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The files of a folder that need not exist.</summary>
    protected CertificateFiles Files(string name) => new(Path.Combine(_folder.FullName, name));

    /// <summary>Makes certificates in a folder.</summary>
    protected static IssuedCertificates Issue(CertificateFiles files, TimeProvider time, int days = 100, params string[] hosts) =>
        new CertificateIssuer(files, time).Issue(new CertificateOrder(hosts, days));
}
