using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Certificates;

/// <summary>Reads certificates and keys, with errors that name the file.</summary>
internal static class CertificateReader
{
    /// <summary>Reads all certificates of a file.</summary>
    /// <exception cref="CertificateException">There is none.</exception>
    public static X509Certificate2Collection ReadAll(string path)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(ReadText(path));
        }
        catch (CryptographicException e)
        {
            throw new CertificateException($"{path} is damaged: {e.Message}");
        }

        return certificates.Count > 0 ? certificates : throw NoCertificate(path);
    }

    /// <summary>Reads a certificate and its private key.</summary>
    /// <exception cref="CertificateException">One is missing, or they do not belong to each other.</exception>
    public static X509Certificate2 ReadWithKey(string path, string keyPath)
    {
        string certificate = ReadText(path);
        string key = ReadText(keyPath);
        try
        {
            using X509Certificate2 alone = X509Certificate2.CreateFromPem(certificate);
        }
        catch (CryptographicException)
        {
            throw NoCertificate(path);
        }

        try
        {
            X509Certificate2 both = X509Certificate2.CreateFromPem(certificate, key);
            if (!OperatingSystem.IsWindows())
            {
                return both;
            }

            // Windows uses no private key for TLS that is in memory only.
            using (both)
            {
                return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), password: null);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                $"{keyPath} holds no unencrypted private key of the certificate in {path}: "
                + "the two files are of different certificates, or one is damaged.");
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateException($"{path} does not exist.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{path} cannot be read: {e.Message}");
        }
    }

    private static CertificateException NoCertificate(string path) => new($"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).");
}
